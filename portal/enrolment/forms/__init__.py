"""Forms of the capture, one for each step."""

from portal.enrolment.forms.identity import ConsentForm, IdentityForm, PhoneForm
from portal.enrolment.forms.payment import MethodForm, RepresentativeForm
from portal.enrolment.forms.starting import ScanForm
from portal.enrolment.forms.step import StepForm

__all__ = ["ConsentForm", "IdentityForm", "MethodForm", "PhoneForm", "RepresentativeForm", "ScanForm", "StepForm"]
