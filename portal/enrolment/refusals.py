"""Why an answer of a step cannot be taken, in words; `field` names the answer."""

from portal.errors import InputError


class AnswerRefused(InputError):
    """One of the answers has an unknown form. Open the step again and repeat it."""

    field: str | None = None


class TextTooLong(AnswerRefused):
    """One of the answers is longer than 500 characters. Shorten it."""


class NumberMalformed(AnswerRefused):
    """An identity number has 12 digits; this one has %(digits)s."""

    field = "citizen_id"


class LinesMalformed(AnswerRefused):
    """The lines of the back have three times 30 signs; these have %(signs)s. Leave them out when they cannot be read."""

    field = "mrz"


class LinesWrong(AnswerRefused):
    """A sign in the lines of the back is wrong: their check digits do not fit. Compare them with the card."""

    field = "mrz"


class LinesOfAnother(AnswerRefused):
    """The lines of the back name another identity number than the one above. Compare both with the card."""

    field = "mrz"


class NameMissing(AnswerRefused):
    """Enter the full name."""

    field = "full_name"


class PhoneMalformed(AnswerRefused):
    """A phone number has 10 digits and begins with 0; a landline begins with 02 and has 11."""

    field = "number"


class OwnerNameMissing(AnswerRefused):
    """Enter the name of the one whose phone this is."""

    field = "owner_name"


class AccountMalformed(AnswerRefused):
    """An account number has 6 to 19 digits or capital letters."""

    field = "account_number"


class ProviderMissing(AnswerRefused):
    """Choose the bank or wallet."""

    field = "provider_bin"


class ReasonMissing(AnswerRefused):
    """Say why the money must be brought home."""

    field = "reason"


class SelfAppointed(AnswerRefused):
    """Nobody can authorize themselves: this is the identity of the recipient."""

    field = "citizen_id"


class RepresentativeTooYoung(AnswerRefused):
    """Whoever receives for another must be at least %(least)s years old; this person is %(age)s."""

    field = "birth_date"


class CannotAuthorize(AnswerRefused):
    """Whoever has lost legal capacity or is under 15 cannot authorize anyone. Choose guardian or legal representative."""

    field = "kind"


class BasisDoesNotFit(AnswerRefused):
    """Parents and courts make a legal representative; the law, the commune or a court make a guardian. Choose again."""

    field = "basis"


class ParentOfAdult(AnswerRefused):
    """Father and mother represent their child until it is 18. For an adult choose a guardian or an authorization."""

    field = "basis"


class AccountNeedsRepresentative(AnswerRefused):
    """The account of someone under 15 or without legal capacity is opened and used by a guardian or legal representative. Say who."""

    field = "kind"


class AccountNeedsScope(AnswerRefused):
    """The money goes to an account of the person: this representative must be allowed to open and use it. Look at the paper."""

    field = "scope"


class BornInFuture(AnswerRefused):
    """This birth date lies in the future. Look at the card again."""

    field = "birth_date"


class CertifiedInFuture(AnswerRefused):
    """The paper cannot be certified or issued after today. Look at its date again."""

    field = "certified_on"


class CertifiedBeforeBirth(AnswerRefused):
    """The paper is older than the person whom it names. Look at both dates again."""

    field = "certified_on"


class BeginsBeforeCertified(AnswerRefused):
    """An authorization holds from the day on which its signature was certified, %(day)s, or later."""

    field = "valid_from"


class BeginsTooLate(AnswerRefused):
    """The paper begins to hold more than a year from now. Look at the year again."""

    field = "valid_from"


class EndsBeforeItBegins(AnswerRefused):
    """The last day comes before the first day. Look at the paper again."""

    field = "valid_until"


class AlreadyEnded(AnswerRefused):
    """The paper ended on %(day)s. A new paper is needed."""

    field = "valid_until"


class NoticeNotAccepted(AnswerRefused):
    """Without this agreement the case cannot be made. The person can still receive cash: ask the commune office."""

    field = "purposes"
