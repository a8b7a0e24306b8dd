"""What was done, and to what, in the words of the log page."""

from flask_babel import lazy_gettext as _l

ACTIONS = {
    "account.opened": _l("Opened the page of an account to open"),
    "case.account_read": _l("Read the QR code of an account"),
    "case.card_read": _l("Read an identity card"),
    "case.confirmed": _l("Confirmed a case"),
    "case.linked": _l("Linked a case to a person"),
    "case.opened": _l("Opened a case"),
    "case.photo_attached": _l("Added a photo to a case"),
    "case.photo_kept": _l("Kept a photo for the case"),
    "case.photo_removed": _l("Removed a photo from a case"),
    "case.rejected": _l("Rejected a case"),
    "case.returned": _l("Returned a case"),
    "case.started": _l("Began a case"),
    "case.step_left": _l("Left a step of a case"),
    "case.step_saved": _l("Saved a step of a case"),
    "case.submitted": _l("Handed in a case"),
    "commune.added": _l("Added a commune"),
    "coverage.downloaded": _l("Downloaded the table of figures"),
    "entitlement.stopped": _l("Stopped a payment"),
    "entry.reopened": _l("Took back the decision on a transaction"),
    "entry.resolved": _l("Decided on a transaction"),
    "job.failed": _l("Long work ended without success"),
    "job.resumed": _l("Long work goes on after an interruption"),
    "job.started": _l("Started long work"),
    "job.stopped": _l("Stopped long work"),
    "line.outcome_recorded": _l("Recorded the outcome of a payment"),
    "method.confirmed": _l("Confirmed a way to be paid"),
    "photo.seen": _l("Looked at a photo"),
    "photo.stored": _l("Stored a photo"),
    "recipient.corrected": _l("Corrected the register"),
    "register.exported": _l("Downloaded people of the register"),
    "representative.confirmed": _l("Confirmed a representative"),
    "roster.applied": _l("Applied a list"),
    "roster.columns_corrected": _l("Corrected the columns of a list"),
    "roster.compared": _l("Compared a list with the register"),
    "roster.discarded": _l("Discarded a list"),
    "roster.received": _l("Loaded a list"),
    "run.approved": _l("Approved a payout run"),
    "run.discarded": _l("Removed a draft of a payout run"),
    "run.drawn_up": _l("Drew up a payout run"),
    "run.outcomes_recorded": _l("Recorded outcomes of a payout run"),
    "run.payment_file_fetched": _l("Downloaded the payment file"),
    "run.prepared": _l("Submitted a payout run for approval"),
    "run.reconciled": _l("Payout run reconciled"),
    "run.redrawn": _l("Drew up a payout run again"),
    "run.returned": _l("Returned a payout run"),
    "run.seal_checked": _l("Checked the seal of a payout run"),
    "run.settled": _l("Payout run settled"),
    "run.statement_booked": _l("Entered a statement into a payout run"),
    "settlement.approved": _l("Approved a settlement"),
    "settlement.drawn_up": _l("Drew up a settlement"),
    "settlement.prepared": _l("Submitted a settlement for approval"),
    "settlement.returned": _l("Returned a settlement"),
    "staff.added": _l("Added a staff account"),
    "staff.changed": _l("Changed a staff account"),
    "staff.password_changed": _l("Changed the password"),
    "staff.sign_in_failed": _l("Failed to sign in"),
    "staff.signed_in": _l("Signed in"),
    "staff.signed_out": _l("Signed out"),
    "staff.signed_out_everywhere": _l("Signed out on all devices"),
    "statement.imported": _l("Imported a bank statement"),
    "visit.recorded": _l("Recorded a home visit"),
}
SUBJECTS = {
    "case": _l("Case"),
    "commune": _l("Commune"),
    "enrolment_case": _l("Case"),
    "entitlement": _l("Entitlement"),
    "entry": _l("Transaction"),
    "line": _l("Payment"),
    "payment_method": _l("Way to be paid"),
    "photo": _l("Photo"),
    "recipient": _l("Recipient"),
    "representative": _l("Representative"),
    "roster_file": _l("List"),
    "run": _l("Payout run"),
    "settlement": _l("Settlement"),
    "staff_member": _l("Staff account"),
    "statement": _l("Statement"),
}


def action_words(action: str) -> str:
    """`case.opened` in words; what has no words yet stands as it is recorded."""
    return str(ACTIONS.get(action, action))


def subject_words(subject: str) -> str:
    """`enrolment_case:4e38e28f-...` as its kind and the first 8 characters of its number."""
    kind, _, key = subject.partition(":")
    return f"{SUBJECTS[kind]} {key[:8]}".removesuffix(" *") if kind in SUBJECTS else subject
