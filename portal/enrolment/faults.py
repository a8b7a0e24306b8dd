"""What can be wrong with what a phone sends, each fault in one sentence."""

from portal.errors import DomainError, InputError


class ManifestRefused(Exception):
    """Nothing of it can be stored; `problems` are the faults, each a sentence."""

    def __init__(self, *problems: InputError) -> None:
        super().__init__(", ".join(type(problem).__name__ for problem in problems))
        self.problems = problems


class NotACase(InputError):
    """The phone sent something that is no case. Open the case on the phone again, check it and send it again."""


class TextNotReadable(InputError):
    """The case holds characters that cannot be stored. Open it on the phone, type the last words again and send it."""


class TooDeep(InputError):
    """The case is nested more deeply than any case is. Open it on the phone again, check it and send it again."""


class SchemaTooNew(InputError):
    """This phone has a newer version of the page than the server understands. Keep the case and send it tomorrow."""


class SchemaTooOld(InputError):
    """This case was made by a version of the page that is no longer understood. Load the page again, then send it."""


class PartWrong(InputError):
    """The part “%(part)s” of the case is not as it should be. Open the case on the phone again, check it and send it."""


class AnotherId(InputError):
    """The case was sent to the address of another case. Open it on the phone again and send it."""


class StepUnknown(InputError):
    """The case has a step “%(step)s” that is not known here. Load the page again, then send the case."""


class RoleUnknown(InputError):
    """A photo of the case is a “%(role)s”, which is not known here. Load the page again, then send the case."""


class PlaceTaken(InputError):
    """Two photos of the case stand in the same place. Take one of them away, then send the case."""


class SizesDisagree(InputError):
    """One photo of the case is named with two sizes. Take it again, then send the case."""


class PhotosTooMany(InputError):
    """A case may have %(most)s photos; this one has %(count)s. Take some of them away, then send it."""


class CommuneElsewhere(InputError):
    """This case was captured for a commune where you do not work. Ask the administrator; the phone keeps the case."""


class BodyEmpty(InputError):
    """The photo arrived empty. It is sent again by itself."""


class HashDiffers(InputError):
    """The photo changed on its way. It is sent again by itself."""


class LengthDiffers(InputError):
    """The photo arrived incomplete: %(got)s of %(wanted)s bytes. It is sent again by itself."""


class BodyTooLarge(DomainError):
    """What was sent has more than %(limit)s kB. Nothing was stored."""

    status = 413


class CaseBusy(DomainError):
    """This case is being received at this moment. It is sent again by itself."""

    status = 423
