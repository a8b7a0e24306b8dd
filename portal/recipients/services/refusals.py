"""Why a list is not taken, read again, applied or thrown away."""

from portal.errors import DomainError, InputError
from portal.recipients.models import RosterFile, RosterState
from portal.vietnam.month import LOCAL_TIME


class AlreadyApplied(DomainError):
    """%(name)s applied this list at %(time)s. Nothing was changed a second time."""


class Discarded(DomainError):
    """This list was discarded. Choose the file again if it is needed after all."""


class StillRead(DomainError):
    """This list is still being read. Wait until all of its rows are here, or stop it."""


class NoSuchLikeness(DomainError):
    """This question has been answered meanwhile. Look at the row again."""


class LikelyFirst(InputError):
    """Some rows of this list are probably people who seem to be missing. Say first who they are."""


class AlreadySolved(DomainError):
    """This row has been dealt with already. Nothing was changed a second time."""


class CannotBeApplied(InputError):
    """This row still cannot be applied. Mend what is marked, or say whether the person is known."""


class CodeOfAnother(InputError):
    """The register knows this code as that of %(name)s. Look at the code again, or leave it empty."""


class StandsTwice(InputError):
    """Row %(row)s of this list has the same code or is the same person. Give this row its own code, or set it aside."""


class NotApplied(DomainError):
    """Apply the list first: only then does the register know who is on it."""


class ChangedSincePreview(DomainError):
    """The register has changed since this preview was made. Nothing was applied: look at the new comparison, then apply."""


class NotAList(InputError):
    """The column "Họ và tên" must be chosen: without names there is no list of people."""


class ChosenTwice(InputError):
    """Two columns were given the same meaning: %(header)s. Choose each meaning once."""


class NothingChosen(InputError):
    """Nobody is ticked. Tick the people whose payments end, or all of them."""


class ReasonMissing(InputError):
    """Write why the payments end, for example: died, moved away, no longer entitled."""


class AsideWithoutReason(InputError):
    """Write why this row needs nothing more, for example: has died, is paid by another list."""


def must_wait(file: RosterFile) -> None:
    """Refuse what only a list that waits can have done to it."""
    if file.state == RosterState.APPLIED and file.applied_at:
        at = file.applied_at.astimezone(LOCAL_TIME)
        raise AlreadyApplied(name=file.applied_by_name, time=f"{at:%H:%M %d/%m/%Y}")
    if file.state == RosterState.DISCARDED:
        raise Discarded
    if file.state == RosterState.READING:
        raise StillRead
