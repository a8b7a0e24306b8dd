"""The sealed text of a case as a phone sends it: hostile JSON in, checked values or one sentence for each fault out."""

import json
import math
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from portal.enrolment.faults import (
    AnotherId,
    ManifestRefused,
    NotACase,
    PartWrong,
    PhotosTooMany,
    PlaceTaken,
    RoleUnknown,
    SchemaTooNew,
    SchemaTooOld,
    SizesDisagree,
    StepUnknown,
    TextNotReadable,
    TooDeep,
)
from portal.enrolment.models import FileRole
from portal.enrolment.steps import Step
from portal.errors import InputError

LEAST, NEWEST = 1, 3  # schemas
MOST_BYTES = 512 * 1024
MOST_DEPTH = 8
MOST_FILES, MOST_PAGES = 60, 50
MOST_PHOTO_BYTES = 15 * 1024 * 1024
MOST_FIELDS, LONGEST_CODE, LONGEST_NAME = 200, 4000, 100
MOST_OFFSET = 100 * 366 * 24 * 3600 * 1000  # ms: a phone's clock may stand at 1970
YEARS = range(1970, 2200)


@dataclass(frozen=True)
class SentFile:
    """A photo that belongs to the version: hash and size of its bytes, its place, and what the clerk decided of it."""

    sha256: str
    bytes: int
    role: str
    position: int
    taken_at: str | None
    kept: bool
    warnings: list[str] | None  # None: nobody judged it when it was taken

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Manifest:
    """`clock_offset`: ms that the server's clock was ahead of the phone's; None when the phone did not know."""

    schema: int
    id: uuid.UUID
    rev: int
    device: uuid.UUID
    commune: int
    recipient: int | None
    created_at: datetime
    captured_at: datetime
    clock_offset: int | None
    answers: dict[Step, dict[str, list[str]]]
    read: dict[str, str]
    files: list[SentFile]
    app: str


def read(body: bytes, case_id: uuid.UUID) -> Manifest:
    """The version in `body`, of the case that the address names. Raises ManifestRefused with every fault that was found.

    The same photo may stand in several places (one sheet may be paper and consent at once), two photos in one place
    may not. Unknown keys are left alone: a newer page of the same schema may say more.
    """
    told = object_in(body)
    schema: Any = told.get("schema")
    if not _whole(schema, LEAST - 10**6, 10**6):
        raise ManifestRefused(PartWrong(part="schema"))
    if schema > NEWEST:
        raise ManifestRefused(SchemaTooNew())
    if schema < LEAST:
        raise ManifestRefused(SchemaTooOld())
    for version in range(schema, NEWEST):
        told = UPGRADES[version](told)
    problems: list[InputError] = []
    values = dict(_values(told, problems))
    if values.get("id", case_id) != case_id:
        problems.append(AnotherId())
    if problems:
        raise ManifestRefused(*problems)
    return Manifest(schema=schema, **values)


def object_in(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`: no name twice, nothing too deep, no text that a database refuses. Raises ManifestRefused."""
    try:
        told = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise ManifestRefused(NotACase()) from error
    if not isinstance(told, dict):
        raise ManifestRefused(NotACase())
    for text in _texts(told, 0):
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ManifestRefused(TextNotReadable())
    return told


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What names one thing twice says two things; the parts of a case say one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth > MOST_DEPTH:
        raise ManifestRefused(TooDeep())
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth + 1)


def from_1_to_2(told: dict[str, Any]) -> dict[str, Any]:
    """`fields` with the step in their names become `answers` by step; codes were not sent yet."""
    fields = told.get("fields")
    answers: Any = fields
    if isinstance(fields, dict):
        answers = {}
        for name, value in fields.items():
            step, _, field = name.partition("-")
            answers.setdefault(step, {})[field] = value
    rest = {name: value for name, value in told.items() if name != "fields"}
    return rest | {"answers": answers, "read": {}}


def from_2_to_3(told: dict[str, Any]) -> dict[str, Any]:
    """Photos say when they were taken, what is poor about them, and whether the clerk kept them so."""
    more: dict[str, Any] = {"taken_at": None, "kept": False, "warnings": None}
    files = told.get("files")
    if isinstance(files, list):
        files = [file | more if isinstance(file, dict) else file for file in files]
    return told | {"files": files}


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: from_1_to_2, 2: from_2_to_3}


def _values(told: dict[str, Any], problems: list[InputError]) -> Iterator[tuple[str, Any]]:
    """Each part that is as it should be; a problem for each that is not."""
    for name, check in PARTS.items():
        try:
            yield name, check(told.get(name))
        except InputError as problem:
            problems.append(problem)
        except (ValueError, TypeError, AttributeError, OverflowError):
            problems.append(PartWrong(part=name))


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def number_of(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not _whole(value, least, most):
            raise ValueError
        return int(value)

    return check


def optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


def text_of(most: int) -> Callable[[Any], str]:
    """A check that lets a text of at most `most` characters through; raises ValueError."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise ValueError
        return value

    return check


def key_of(value: Any) -> uuid.UUID:
    """Only the canonical form: one case has one address. Raises ValueError."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        raise ValueError
    return uuid.UUID(value)


def instant_of(value: Any) -> datetime:
    """ISO with a zone, in UTC. Raises ValueError."""
    found = datetime.fromisoformat(text_of(40)(value))
    if found.tzinfo is None or found.year not in YEARS:
        raise ValueError
    return found.astimezone(UTC)


def _offset(value: Any) -> int:
    if isinstance(value, float) and math.isfinite(value):
        value = round(value)
    return number_of(-MOST_OFFSET, MOST_OFFSET)(value)


def _answers(value: dict[str, Any]) -> dict[Step, dict[str, list[str]]]:
    for name in value:
        if name not in set(Step):
            raise StepUnknown(step=name[:LONGEST_NAME])
    return {Step(name): _fields(fields) for name, fields in value.items()}


def _fields(fields: dict[str, Any]) -> dict[str, list[str]]:
    if len(fields) > MOST_FIELDS:
        raise ValueError
    listed = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    if not all(isinstance(text, str) for values in listed.values() for text in values):
        raise ValueError
    return listed


def _codes(value: dict[str, Any]) -> dict[str, str]:
    """The texts of the codes that are known here, by where they were read."""
    known = {"scan", "vietqr", *FileRole}
    return {name: text_of(LONGEST_CODE)(text) for name, text in value.items() if name in known and text is not None}


def _files(value: Any) -> list[SentFile]:
    if not isinstance(value, list):
        raise ValueError
    if len(value) > MOST_FILES:
        raise PhotosTooMany(most=MOST_FILES, count=len(value))
    files = [_file(file) for file in value]
    if len({(file.role, file.position) for file in files}) < len(files):
        raise PlaceTaken
    if len({(file.sha256, file.bytes) for file in files}) > len({file.sha256 for file in files}):
        raise SizesDisagree
    return files


def _file(told: dict[str, Any]) -> SentFile:
    sha256, role = told.get("sha256"), told.get("role")
    if not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError
    if role not in set(FileRole):
        raise RoleUnknown(role=str(role)[:LONGEST_NAME])
    warnings, kept, taken_at = told.get("warnings"), told.get("kept") or False, told.get("taken_at")
    if not isinstance(kept, bool) or not isinstance(warnings, list | None) or len(warnings or ()) > MOST_PAGES:
        raise ValueError
    return SentFile(
        sha256=sha256,
        bytes=number_of(1, MOST_PHOTO_BYTES)(told.get("bytes")),
        role=str(role),
        position=number_of(0, MOST_PAGES - 1)(told.get("position", 0)),
        taken_at=None if taken_at is None else instant_of(taken_at).isoformat(),
        kept=kept,
        warnings=None if warnings is None else [text_of(LONGEST_NAME)(word) for word in warnings],
    )


PARTS: dict[str, Callable[[Any], Any]] = {
    "id": key_of,
    "rev": number_of(1, 1000),
    "device": key_of,
    "commune": number_of(1, 2**53),
    "recipient": optional(number_of(1, 2**53)),
    "created_at": instant_of,
    "captured_at": instant_of,
    "clock_offset": optional(_offset),
    "answers": _answers,
    "read": _codes,
    "files": _files,
    "app": text_of(LONGEST_NAME),
}
