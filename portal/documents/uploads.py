"""Photos that come with a form: laid down as files and read in the sandbox, nothing stored yet."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.datastructures import FileStorage

from portal.db import reading
from portal.documents.codes import Codes
from portal.documents.reading import Reading, inspect


@contextmanager
def laid_down(upload: FileStorage) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="portal-upload-") as folder:
        path = Path(folder) / "upload"
        upload.save(path)
        yield path


def opened(upload: FileStorage, codes: Codes = Codes.ALL) -> tuple[Reading, bytes]:
    """As `opened_file`."""
    with laid_down(upload) as path:
        return opened_file(path, upload.filename or "", codes)


def opened_file(path: Path, name: str, codes: Codes) -> tuple[Reading, bytes]:
    """What is on the photo, and the clean picture of it, which is laid beside it meanwhile. Raises a PhotoRefused.

    It may take seconds: the transaction is ended before it, and what was locked has to be locked again.
    """
    clean = path.with_name("clean.jpg")
    with reading():
        return inspect(path, name, out=clean, codes=codes), clean.read_bytes()
