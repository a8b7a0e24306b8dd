"""Writes lists to print, laid out as Decree 30/2020 asks of papers of an office."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from portal import sandbox
from portal.errors import DomainError, InputError

MOST = 5000  # rows of one paper: ten thousand would take two gigabytes
SECONDS, MEMORY_MB = 60, 3072


class TooLongToPrint(InputError):
    """A printed list holds up to %(most)s people; here are more. Choose a village, or take the Excel file."""


class NotPrinted(DomainError):
    """The paper could not be made. Try again; if it fails again, take the Excel file."""


@dataclass(frozen=True)
class Column:
    """`share`: how wide it is beside the others."""

    header: str
    share: float = 1
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Section:
    """Rows under a heading of their own; an empty heading shows none. Every value is text as it is to be printed."""

    heading: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Office:
    """Who issues the paper: the body above, the body itself on one or two lines; and place and day in words."""

    above: str
    name: Sequence[str]
    place_and_day: str


def write_list(
    sections: Sequence[Section],
    columns: Sequence[Column],
    *,
    office: Office,
    title: str,
    subtitle: str = "",
    notes: Sequence[str] = (),
    signers: Sequence[tuple[str, str]] = (),
    landscape: bool = False,
) -> bytes:
    """A PDF on A4. `notes` follow the table; `signers` are (what they sign as, name or "").

    Fonts are those of the typesetter alone, so that a paper looks the same wherever it is made. A sign that none of them has
    prints as an empty box, and stays what it is where the text is copied or searched.
    Raises TooLongToPrint, and NotPrinted where the typesetter fails or misses a font.
    """
    if sum(len(section.rows) for section in sections) > MOST:
        raise TooLongToPrint(most=f"{MOST:,}".replace(",", "."))
    paper = {
        "sections": [asdict(section) for section in sections],
        "columns": [asdict(column) for column in columns],
        "office": asdict(office),
        "title": title,
        "subtitle": subtitle,
        "notes": list(notes),
        "signers": [{"post": post, "name": name} for post, name in signers],
        "landscape": landscape,
    }
    with tempfile.TemporaryDirectory(prefix="portal-print-") as name:
        data, written = Path(name) / "list.json", Path(name) / "list.pdf"
        data.write_text(json.dumps(paper), "utf-8")
        limits = {"seconds": SECONDS, "memory_mb": MEMORY_MB}
        try:
            sandbox.run("portal.pdf.typesetting:typeset", data, written=str(written), **limits)
        except sandbox.Unreadable as failure:
            raise NotPrinted from failure
        return written.read_bytes()
