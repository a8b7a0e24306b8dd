"""Which field a heading of one or more levels names, by its words alone."""

import re
from collections.abc import Sequence

from portal.recipients.parsing.grid import fold
from portal.recipients.parsing.words import GENERIC, IGNORED, OTHER_PERSON, field_of

_BRACKETS = re.compile(r"\([^()]*\)")
_BIRTH = re.compile(r"\bsinh\b|birth|^dob$|^ns$")
_BIRTH_PARTS = {"ngay": "birth_day", "thang": "birth_month", "nam": "birth_male", "nu": "birth_female"}
_BIRTH_PARTS |= {"day": "birth_day", "month": "birth_month", "year": "birth_year"}
_BIRTH_PARTS |= {"male": "birth_male", "female": "birth_female"}
_BORN_AS = re.compile(r"\b(?:ngay|nam) sinh (nam|nu)$")
_SEXES = {"nam": "sex_male", "nu": "sex_female", "male": "sex_male", "female": "sex_female"}


def field_of_heading(levels: Sequence[str]) -> str | None:
    """The field of a column by its headings from the top level to the lowest, None if they name none.

    "Nam" under "Ngày sinh" is male or, typed without accents, the year: who knows the columns beside it decides.
    """
    leaf = leaf_of(levels[-1])
    above = [fold(text) for text in levels[:-1]]
    joined = " ".join([*above, leaf])
    if IGNORED.search(leaf):
        return None
    if OTHER_PERSON.search(joined):
        return _field_of_other(leaf)
    if names_relation(leaf):
        return "representative_relation"
    if leaf in _BIRTH_PARTS and any(map(_BIRTH.search, above)):
        return "birth_year" if levels[-1].strip().casefold() == "năm" else _BIRTH_PARTS[leaf]
    if of_one_sex := _BORN_AS.search(fold(levels[-1])):
        return _BIRTH_PARTS[of_one_sex[1]]
    if leaf in _SEXES:
        return _SEXES[leaf]
    if GENERIC.search(leaf) and above:
        own, outer = field_of(leaf), field_of(above[-1])
        # "Thành tiền" is the total of "Kinh phí" but the amount of "Truy lĩnh"; "Tên" of "Họ và tên" is the given name.
        if own and (outer is None or (own, outer) in (("total", "amount"), ("given_name", "full_name"))):
            return own
        return outer or field_of(joined)
    return field_of(leaf) or field_of(joined)


def is_part(leaf: str) -> bool:
    """Tell whether this is a heading that stands only under another one: a sex, or a part of a date."""
    return leaf in _BIRTH_PARTS or leaf in _SEXES


def names_relation(leaf: str) -> bool:
    return (
        re.match(r"(moi )?quan he( voi (doi tuong|nguoi (duoc )?huong))?( nguoi .*| nnt)?$|relation", leaf) is not None
    )


def _field_of_other(leaf: str) -> str | None:
    field = field_of(leaf)
    if re.match(r"(moi )?quan he|relation", leaf):
        return "representative_relation"
    if field == "phone":
        return "representative_phone"
    if field in ("citizen_id", "old_id"):
        return "representative_id"
    if field in (None, "full_name", "given_name", "amount", "category"):
        return "representative"
    return None


def leaf_of(text: str) -> str:
    """The heading without units and references in brackets, unless it is nothing else."""
    return fold(_BRACKETS.sub(" ", text)) or fold(text)
