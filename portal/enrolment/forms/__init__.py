"""Forms of the capture, one for each step."""

from portal.enrolment.forms.identity import ConsentForm, IdentityForm, PhoneForm
from portal.enrolment.forms.payment import MethodForm
from portal.enrolment.forms.representative import RepresentativeForm
from portal.enrolment.forms.starting import ScanForm
from portal.enrolment.forms.step import StepForm
from portal.enrolment.steps import Step

FORMS: dict[Step, type[StepForm]] = {
    form.STEP: form for form in (IdentityForm, PhoneForm, MethodForm, RepresentativeForm, ConsentForm)
}

__all__ = [
    "FORMS",
    "ConsentForm",
    "IdentityForm",
    "MethodForm",
    "PhoneForm",
    "RepresentativeForm",
    "ScanForm",
    "StepForm",
]
