"""The pages of a paper: their order, changed one step at a time."""

from portal.audit.services import record
from portal.db import db
from portal.enrolment.models import Case, CaseFile
from portal.enrolment.services import open_to
from portal.staff.models import StaffMember

ASIDE = -1  # no page is kept here


def move(actor: StaffMember, case: Case, file: CaseFile, by: int) -> None:
    """Change places with the page before (-1) or after (1); at either end nothing moves."""
    open_to(actor, case)
    pages = sorted((each for each in case.files if each.role == file.role), key=lambda each: each.position)
    at = pages.index(file) + by
    if not 0 <= at < len(pages):
        return
    other = pages[at]
    mine, theirs = file.position, other.position
    for each, position in ((file, ASIDE), (other, mine), (file, theirs)):  # of two pages none has the same place
        each.position = position
        db.session.flush()
    db.session.expire(case, ["files"])
    detail = {"role": file.role.value, "position": theirs}
    record(actor, "case.page_moved", f"enrolment_case:{case.id}", commune_id=case.commune_id, **detail)
