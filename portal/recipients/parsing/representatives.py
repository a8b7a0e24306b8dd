"""Cleans who receives for a person, and the telephones of a line."""

import re

from portal.recipients.parsing.draft import Draft
from portal.vietnam import citizen_id, phone
from portal.vietnam.names import clean

_PHONE = re.compile(
    r"[,;.]?\s*\(?(?:số điện thoại|điện thoại|sđt|đt|sdt|dt|tel)\s*[:.]?\s*(\+?\d[\d .-]{8,14}\d)\)?", re.IGNORECASE
)
_NUMBER = re.compile(
    r"[,;.]?\s*\(?(?:số\s*)?(?:cccd|cmnd|căn cước|định danh)\s*(?:số)?\s*[:.]?\s*(\d[\d ]{7,14}\d)\)?", re.IGNORECASE
)
_ROLE = re.compile(r"^(?:uq|ủy quyền|uỷ quyền|người nhận thay|nnt|nhận thay|giám hộ|gh)\s*[:.\-]\s*", re.IGNORECASE)
_RELATION = re.compile(r"^(?P<name>[^(),;]+?)\s*(?:\(\s*(?P<a>[^()]+?)\s*\)|\s[-–]\s*(?P<b>[^,;()]+?))\s*$")
_DIGIT = re.compile(r"\d")


def clean_representative(draft: Draft) -> None:
    text = draft.text("representative")
    if text is not None:
        _named_representative(draft, text)
    if "representative_id" in draft.columns and (person := citizen_id.parse(draft.text("representative_id") or "")):
        draft.values["representative_id"] = person.number


def _named_representative(draft: Draft, text: str) -> None:
    rest, called = _without(_PHONE, _ROLE.sub("", text))
    rest, numbered = _without(_NUMBER, rest)
    number = phone.parse(called) if called else None
    person = citizen_id.parse(numbered) if numbered else None
    named = _RELATION.match(rest)
    draft.values |= {
        "representative": text,
        "representative_name": proper_name(named["name"] if named else rest) or None,
        "representative_relation": draft.text("representative_relation")
        or ((named["a"] or named["b"]) if named else None),
        "representative_id": person.number if person else None,
        "representative_phone": clean_phone(draft, "representative_phone") or (number.number if number else None),
    }


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The text without what the pattern finds in it, and what that was."""
    found = pattern.search(text) if _DIGIT.search(text) else None
    rest = text[: found.start()] + " " + text[found.end() :] if found else text
    return clean(rest).strip(" ,;."), found[1] if found else ""


def clean_phone(draft: Draft, field: str) -> str | None:
    text = draft.text(field)
    if text is None:
        return None
    read = phone.parse(text)
    if read is None:
        draft.doubt("phone_unreadable", field, value=text)
        return None
    if read.guessed:
        draft.guesses.add(field)
    return read.number


def proper_name(name: str) -> str:
    """The name with capitals where names have them, if it is written in capitals or small letters throughout."""
    if name not in (name.upper(), name.lower()):
        return name
    return re.sub(r"[^\W\d_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), name)
