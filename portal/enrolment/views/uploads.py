"""Photos that come with a form, put into the case."""

from flask import request
from werkzeug.datastructures import FileStorage

from portal.areas.models import Commune
from portal.db import db
from portal.documents import services as documents
from portal.documents.codes import Codes
from portal.documents.reading import Reading
from portal.documents.services import Taken
from portal.documents.uploads import opened
from portal.documents.views import vault
from portal.enrolment import services
from portal.enrolment.codes import CARD_ROLES, account_in, codes_on
from portal.enrolment.forms import MethodForm, StepForm
from portal.enrolment.models import Case, FileRole
from portal.errors import DomainError
from portal.staff.session import member


class UploadRefused(Exception):
    """A photo of the form cannot be taken; `field` is where it came from."""

    def __init__(self, field: str, error: DomainError) -> None:
        super().__init__(field)
        self.field, self.error = field, error


def sent(field: str) -> list[FileStorage]:
    return [upload for upload in request.files.getlist(field) if upload.filename]


def receive(case: Case, form: StepForm) -> list[tuple[FileRole, Taken]]:
    """Store the photos of the form and attach them to the case, looked at anew. Raises UploadRefused: then to none."""
    wanted = [(field, role, upload) for field, role in form.PHOTOS.items() for upload in sent(form[field].name)]
    if not wanted:
        return []
    told = {role for role, card in (case.payload.get("read") or {}).items() if card}
    seen = [(role, *_opened(field, upload, codes_on(role, told))) for field, role, upload in wanted]
    db.session.refresh(case, with_for_update=True)
    commune, taken = db.session.get_one(Commune, case.commune_id), []
    for role, found, clear in seen:
        photo = documents.keep(member(), commune, vault(), found, clear)
        pages = [file.position for file in case.files if file.role == role]
        position = max(pages, default=-1) + 1 if role == FileRole.PAPER else 0
        services.attach(member(), case, role, position, photo, found if role in CARD_ROLES else None)
        taken.append((role, Taken(photo, found)))
    return taken


def _opened(field: str, upload: FileStorage, codes: Codes) -> tuple[Reading, bytes]:
    try:
        return opened(upload, codes)
    except DomainError as error:
        raise UploadRefused(field, error) from error


def receive_account(case: Case, form: StepForm) -> dict[str, str]:
    """Read the account from the photo of a VietQR; returns what to fill into the fields. Raises UploadRefused."""
    if not isinstance(form, MethodForm):
        return {}
    for field, part, kind in (("qr_own", "own", "bank_account"), ("qr_theirs", "theirs", "representative_account")):
        for upload in sent(field):
            try:
                code = account_in(opened(upload)[0])
            except DomainError as error:
                raise UploadRefused(field, error) from error
            db.session.refresh(case, with_for_update=True)
            services.note_account(member(), case, code)
            account = code["account"]
            return {"kind": kind, f"{part}-bin": code["bin"], f"{part}-number": account, f"{part}-again": account}
    return {}
