"""Photos that come with a form: laid down as files, read in the sandbox, put into the case."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import request
from werkzeug.datastructures import FileStorage

from portal.areas.models import Commune
from portal.db import db
from portal.documents import services as documents
from portal.documents.reading import Reading, inspect
from portal.documents.services import Taken
from portal.documents.views import vault
from portal.enrolment import services
from portal.enrolment.codes import account_in
from portal.enrolment.forms import MethodForm, StepForm
from portal.enrolment.models import Case, FileRole
from portal.errors import DomainError
from portal.staff.session import member

CARD_ROLES = {FileRole.ID_FRONT, FileRole.ID_BACK, FileRole.REPRESENTATIVE_FRONT, FileRole.REPRESENTATIVE_BACK}


class UploadRefused(Exception):
    """A photo of the form cannot be taken; `field` is where it came from."""

    def __init__(self, field: str, error: DomainError) -> None:
        super().__init__(field)
        self.field, self.error = field, error


@contextmanager
def laid_down(upload: FileStorage) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="portal-upload-") as folder:
        path = Path(folder) / "upload"
        upload.save(path)
        yield path


def sent(field: str) -> list[FileStorage]:
    return [upload for upload in request.files.getlist(field) if upload.filename]


def read_only(upload: FileStorage) -> Reading:
    """What is on the photo; nothing is stored."""
    with laid_down(upload) as path:
        return inspect(path, upload.filename or "")


def stored(case: Case, upload: FileStorage) -> Taken:
    with laid_down(upload) as path:
        commune = db.session.get_one(Commune, case.commune_id)
        return documents.take(member(), commune, vault(), path, upload.filename or "")


def receive(case: Case, form: StepForm) -> list[tuple[FileRole, Taken]]:
    """Store the photos of the form and attach them. Raises UploadRefused: then none is attached."""
    taken = []
    for field, role in form.PHOTOS.items():
        try:
            taken += [(role, stored(case, upload)) for upload in sent(form[field].name)]
        except DomainError as error:
            raise UploadRefused(field, error) from error
    for role, one in taken:
        pages = [file.position for file in case.files if file.role == role]
        position = max(pages, default=-1) + 1 if role == FileRole.PAPER else 0
        services.attach(member(), case, role, position, one.photo, one.reading if role in CARD_ROLES else None)
    return taken


def receive_account(case: Case, form: StepForm) -> dict[str, str]:
    """Read the account from the photo of a VietQR; returns what to fill into the fields. Raises UploadRefused."""
    if not isinstance(form, MethodForm):
        return {}
    for field, part, kind in (("qr_own", "own", "bank_account"), ("qr_theirs", "theirs", "representative_account")):
        for upload in sent(field):
            try:
                code = account_in(read_only(upload))
            except DomainError as error:
                raise UploadRefused(field, error) from error
            services.note_account(member(), case, code)
            account = code["account"]
            return {"kind": kind, f"{part}-bin": code["bin"], f"{part}-number": account, f"{part}-again": account}
    return {}
