"""Every blueprint of the portal, in the order of the work."""

from portal.audit.views import audit
from portal.documents.views import documents
from portal.enrolment.views import enrolment
from portal.enrolment.views.intake import intake
from portal.payouts.views import payouts
from portal.recipients.views import recipients
from portal.reconciliation.views import reconciliation
from portal.reports.views import reports
from portal.review.views import review
from portal.staff.views import staff
from portal.visits.views import visits

BLUEPRINTS = (reports, staff, recipients, enrolment, intake, review, payouts, visits, reconciliation, documents, audit)
