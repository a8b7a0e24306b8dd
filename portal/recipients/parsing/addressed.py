"""Words of address before names, where a list uses them: "Ông Nông Văn Thử", "Bà: Vi Thị Dụ", "Ông (Bà): …"."""

import re
from collections.abc import Sequence

SAMPLE = 500
_BOTH = r"(?:ông|ong)\s*[(/,]\s*(?:bà|ba)\s*\)?"
# Two words behind it are left: "Ông Thử" may be a whole name.
_NAME = r"(?=[^\W\d_]\S*\s+\S)"
_MARKED = re.compile(rf"^(?:{_BOTH}\s*[.:]?|(?:ông|bà|cụ)\s*[.:])\s*{_NAME}", re.IGNORECASE)
_ANY = re.compile(rf"^(?:{_BOTH}\s*[.:]?\s*|(?:ông|bà|cụ|ong|ba|cu)(?:\s*[.:]\s*|\s+)){_NAME}", re.IGNORECASE)
# Ông is a family name as well: behind it stands a middle name, behind the word of address a family name.
_SURE = re.compile(rf"{_MARKED.pattern}|^(?:ông|bà)\s+(?!(?:văn|thị)\s){_NAME}", re.IGNORECASE)
_HE, _SHE = re.compile(r"^ông\s", re.IGNORECASE), re.compile(r"^bà\s", re.IGNORECASE)


def used(names: Sequence[str]) -> re.Pattern[str] | None:
    """What to take off the names of a list: all such words where most names have one, else those that are no names."""
    matching = [name for name in names if _ANY.match(name)]
    if 2 * len(matching) > len(names):
        return _ANY
    sure = [name for name in matching if _SURE.match(name)]
    if any(map(_HE.match, sure)) and any(map(_SHE.match, sure)):
        return _SURE
    return _MARKED if any(map(_MARKED.match, matching)) else None
