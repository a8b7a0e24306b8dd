"""Why a change by hand is not taken."""

from portal.errors import DomainError, InputError


class DayMissing(InputError):
    """Give the day of the decision or of what happened: the law tells the month from it."""


class CauseMissing(InputError):
    """Choose why the payments stop."""


class AmountMissing(InputError):
    """Give the amount in đồng, more than zero."""


class CategoryMissing(InputError):
    """Choose the category of the decision."""


class PeriodMissing(InputError):
    """Say for which months the money is."""


class MonthsDisordered(InputError):
    """The last of the months lies before the first."""


class NothingChanges(InputError):
    """Category, coefficient and amount are those of the register. Change at least one of them."""


class MonthNotOpen(InputError):
    """The list of month %(month)s is not approved yet, and a change from %(wanted)s would already change it. Enter this change when that list is approved."""


class AlreadySo(DomainError):
    """Someone has changed this meanwhile: the entitlement is not in the state that this change needs. Look at it again."""


class PaidAlready(InputError):
    """This person is already paid under %(code)s (%(category)s): only one benefit may be paid (Decree 20/2021, Art. 6.2). Stop that one first."""


class NotInTheRegister(DomainError):
    """This person has died or is not in the register any more. If that was a mistake, take the change back."""


class CodeTaken(InputError):
    """The code %(code)s belongs to somebody else."""


class NumberTaken(InputError):
    """This identity number is already in the register, under the code %(code)s."""


class CannotBeTakenBack(DomainError):
    """This change cannot be taken back any more: its month is approved, or something was changed after it."""


class NoSuchVillage(InputError):
    """This village is not one of the commune."""
