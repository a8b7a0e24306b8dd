"""`flask roster|photo|statement read FILE`: what the portal makes of a file, as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal.documents.reading import inspect
from portal.errors import DomainError
from portal.recipients.parsing import read_roster
from portal.recipients.parsing import to_json as roster_to_json
from portal.reconciliation.parsing import read_statement
from portal.reconciliation.parsing import to_json as statement_to_json

roster = AppGroup("roster", help="Lists of recipients.")
photo = AppGroup("photo", help="Photos of cards and codes.")
statement = AppGroup("statement", help="Statements of the bank.")
FILE = click.argument("file", type=click.Path(path_type=Path))


def _tell(path: Path, read: Callable[[Path], Any]) -> None:
    """Print what `read` says, or one line on standard error and exit 1."""
    try:
        if not path.is_file():
            raise NoSuchFile(name=path.name)
        click.echo(json.dumps(read(path), ensure_ascii=False, indent=1))
    except DomainError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


class NoSuchFile(DomainError):
    """There is no file %(name)s. Check the path."""


@roster.command("read")
@FILE
def read_roster_file(file: Path) -> None:
    """Find the table in a roster and clean it."""
    _tell(file, lambda path: roster_to_json(read_roster(path, path.name)))


@photo.command("read")
@FILE
def read_photo_file(file: Path) -> None:
    """Check a photo and read its codes."""
    _tell(file, lambda path: inspect(path, path.name).as_json())


@statement.command("read")
@FILE
def read_statement_file(file: Path) -> None:
    """Read a bank statement and say whether it ties."""
    _tell(file, lambda path: statement_to_json(read_statement(path, path.name)))
