"""The rows of a list that someone should look at, as a workbook: as received, what is doubtful, how it was read."""

from typing import Any

from flask_babel import gettext

from portal.formats import dong, label
from portal.formats import month as month_words
from portal.recipients import queries
from portal.recipients.labels import (
    REFUSAL_ADVICE,
    advice_words,
    evidence_words,
    field_words,
    problem_words,
    raw_words,
    whole_words,
)
from portal.recipients.labels.received import SOURCES
from portal.recipients.models import RosterFile
from portal.spreadsheets import Column, write_table
from portal.spreadsheets.writing import Written

MOST = 20_000  # rows of one workbook: about twenty seconds of a request
_MOST_TEXT = 32_000  # a cell of Excel holds 32,767 characters


def workbook(file: RosterFile) -> bytes:
    """All cells are text, as they were received; rows are taken from the database a few at a time."""
    headers: dict[str, str] = file.report["columns"]
    columns = [
        Column(gettext("Cell"), width=8),
        Column(gettext("Row"), width=8),
        *(Column(headers[field] or gettext("Column without a heading"), width=20) for field in headers),
        Column(gettext("Comparison"), width=18),
        Column(gettext("Problem"), width=70),
        Column(gettext("Read as"), width=40),
    ]
    title = [
        gettext("Rows to look at: %(name)s", name=file.name),
        gettext("%(programme)s, month %(month)s", programme=file.programme.name, month=month_words(file.month)),
    ]
    if queries.number_of(file, queries.problem_clause()) > MOST:
        title.append(
            gettext("Only the first %(most)s rows are here. Correct these, then load the list again.", most=dong(MOST))
        )
    rows = (_cells(row, list(headers)) for row in queries.problem_rows(file, MOST))
    return write_table(rows, columns, sheet=gettext("Rows to look at"), title=title)


def _cells(row: Any, fields: list[str]) -> list[Written]:
    received = [raw_words(row.raw[field]) if row.raw.get(field) is not None else "" for field in fields]
    texts = [row.cell, str(row.row), *received, label(row.verdict), _sentences(row), _read_as(row)]
    return [text[:_MOST_TEXT] for text in texts]


def _sentences(row: Any) -> str:
    """Each problem with its cell and what to do about it; why the row is not applied; whom it might be."""
    said = [f"{each['cell']}: {problem_words(each)} {advice_words(each)}" for each in row.problems]
    said += [
        str(REFUSAL_ADVICE[name]) for name in row.differences if name in REFUSAL_ADVICE and row.verdict == "refused"
    ]
    said += [
        gettext(
            "Probably %(code)s in the register: %(evidence)s.",
            code=each["code"],
            evidence=evidence_words(each["evidence"]),
        )
        for each in row.differences.get("likely", ())
    ]
    return "\n".join(said)


def _read_as(row: Any) -> str:
    """The clean values of what was guessed."""
    guesses = set(row.guesses or ())
    read = [
        field for field, sources in SOURCES.items() if guesses & {field, *sources} and getattr(row, field) is not None
    ]
    return "; ".join(f"{field_words(field)}: {whole_words(row, field)}" for field in read)
