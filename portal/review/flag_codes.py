"""The things that an officer is told to look at, and one of them with what fills its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FlagCode(StrEnum):
    """In the order in which they are told."""

    NOT_IN_REGISTER = "not_in_register"
    NOT_LIVE = "not_live"
    ID_MISSING = "id_missing"
    ID_MALFORMED = "id_malformed"
    ID_DIFFERS = "id_differs"
    SAME_ID = "same_id"
    ID_SEX = "id_sex"
    ID_BIRTH_YEAR = "id_birth_year"
    ID_PLACE = "id_place"
    TWO_CARDS = "two_cards"
    QR_DIFFERS = "qr_differs"
    READ_DIFFERS = "read_differs"
    NAME_DIFFERS = "name_differs"
    BIRTH_DIFFERS = "birth_differs"
    BIRTH_ADDED = "birth_added"
    SEX_DIFFERS = "sex_differs"
    CARD_EXPIRED = "card_expired"
    SAME_PHONE = "same_phone"
    METHOD_MISSING = "method_missing"
    SAME_ACCOUNT = "same_account"
    HOLDER_DIFFERS = "holder_differs"
    REPRESENTATIVE_SELF = "representative_self"
    CANNOT_AUTHORIZE = "cannot_authorize"
    PARENT_OF_ADULT = "parent_of_adult"
    REPRESENTATIVE_TOO_YOUNG = "representative_too_young"
    REPRESENTATIVE_DIED = "representative_died"
    ACCOUNT_NEEDS_REPRESENTATIVE = "account_needs_representative"
    AUTHORIZATION_ENDED = "authorization_ended"
    REPRESENTATIVE_MAYBE_SELF = "representative_maybe_self"
    CHILD_ALONE = "child_alone"
    NO_FINDING = "no_finding"
    OTHER_GUARDIAN = "other_guardian"
    PROXY_OF_A_WARD = "proxy_of_a_ward"
    PROXY_UNDER_18 = "proxy_under_18"
    REPRESENTATIVE_FOR_MANY = "representative_for_many"
    AUTHORIZATION_NOT_YET = "authorization_not_yet"
    AUTHORIZATION_ENDS_SOON = "authorization_ends_soon"
    AUTHORIZATION_NOT_CERTIFIED = "authorization_not_certified"
    CERTIFIED_BY_OTHERS = "certified_by_others"
    DECISION_UNNAMED = "decision_unnamed"
    PHOTO_MISSING = "photo_missing"
    POOR_PHOTO = "poor_photo"
    SAME_PHOTO = "same_photo"


ORDER = {code: at for at, code in enumerate(FlagCode)}


@dataclass(frozen=True)
class Flag:
    """`row`: the row of the comparison it speaks of; `values` fill the sentence of labels.FLAGS."""

    code: FlagCode
    row: str
    values: dict[str, str] = field(default_factory=dict, hash=False)


def in_order(flags: Sequence[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda flag: ORDER[flag.code])
