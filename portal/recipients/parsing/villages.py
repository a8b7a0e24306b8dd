"""Names of villages as one list spells them: "KP 2", "K.phố 2" and "KHỐI PHỐ 2" are one village."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from portal.recipients.parsing.words import VILLAGE
from portal.vietnam.names import clean, search_key

# Kinds of villages: how they are written in full, and how people shorten them.
_KINDS = (
    ("Khối phố", r"khối phố|khoi pho|k\.? ?phố|k\.? ?p\b\.?"),
    ("Khu phố", r"khu phố"),
    ("Tổ dân phố", r"tổ dân phố|tổ dp|t\.?d\.?p\b\.?|tổ(?=\s*\d)"),
    ("Thôn", r"thôn|thon|t\.|th\."),
    ("Xóm", r"xóm|x\."),
    ("Khối", r"khối"),
    ("Ấp", r"ấp"),
)
_PATTERNS = tuple((kind, re.compile(rf"^(?:{pattern})\s*(?=\S)", re.IGNORECASE)) for kind, pattern in _KINDS)
_NUMBERING = re.compile(
    r"^(?:(?:[IVXLC]+|[A-Z]|\d{1,2}(?:\.\d{1,2})?)[.)/]\s+|(?:\d{1,2}|I{1,3}|IV|VI{0,3}|IX)[.)/](?=[^\d\s.])"
    r"|(?:[IVXLC]+|\d{1,2})\s*[-–]\s+)"
)
# Levels above the village, with which an address goes on.
_ABOVE = re.compile(
    r"^(?:xã|phường|thị trấn|huyện|quận|thị xã|tỉnh|thành phố|tp|tx|việt nam|số nhà|sn|xa|phuong|huyen|tinh|h\.|p\.|t/p)(?=[\s.\d]|$)",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\s+(?:xã|phường|thị trấn|huyện|tỉnh|xa|huyen|tinh)\s.*$", re.IGNORECASE)
_COUNT = re.compile(r"\s*[:(\-–]\s*\d+\s*(?:người|đối tượng|hộ|đt|trường hợp|hồ sơ)?\)?\s*$", re.IGNORECASE)


def without_numbering(text: str) -> str:
    """A heading without the numbering before it and the count of people behind it."""
    return _COUNT.sub("", _NUMBERING.sub("", text)).strip(" :;,")


@lru_cache(maxsize=10_000)
def of_address(text: str) -> str | None:
    """The village in an address: "Thôn Nà Pái, xã Bình Gia" gives "Thôn Nà Pái"; None where it names none."""
    parts = [part for each in re.split(r"[,;\n]|\s[-–]\s", text) if (part := _INSIDE.sub("", each.strip(" .")))]
    kept = [part for part in parts if not _ABOVE.match(part)]
    return next((part for part in kept if VILLAGE.match(part)), kept[0] if kept else None)


@lru_cache(maxsize=10_000)
def plain_name(text: str) -> str:
    """The village's name in full words, without numbering before it or a count behind it."""
    kind, rest = _split(text)
    return f"{kind} {rest}" if kind else rest


@lru_cache(maxsize=10_000)
def key_of(text: str) -> str:
    """The same for all spellings of a village: its own name, with the kind only where the name is a number."""
    kind, rest = _split(text)
    key = search_key(rest)
    return f"{search_key(kind)} {key}" if kind and re.fullmatch(r"[\divxlc]+[a-z]?", key) else key


def spellings(headings: Iterable[str], values: Iterable[str]) -> dict[str, str]:
    """By key the spelling to use: that of the list's own headings first, then the most frequent full one."""
    found = {key_of(text): plain_name(text) for text in headings}
    counted = Counter(plain_name(text) for text in values)
    for name, _ in sorted(counted.items(), key=lambda item: (_split(item[0])[0] is None, -item[1], item[0])):
        found.setdefault(key_of(name), name)
    return found


@lru_cache(maxsize=10_000)
def _split(text: str) -> tuple[str | None, str]:
    text = _COUNT.sub("", _NUMBERING.sub("", clean(text))).strip(" :;,-")
    for kind, pattern in _PATTERNS:
        if (found := pattern.match(text)) and (rest := text[found.end() :].strip(" .:")):
            return kind, _capitals(rest)
    return None, _capitals(text)


def _capitals(text: str) -> str:
    return (
        " ".join(word[:1].upper() + word[1:].lower() for word in text.split())
        if text in (text.upper(), text.lower())
        else text
    )
