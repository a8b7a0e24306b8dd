"""Why long work is not done."""

from portal.errors import DomainError


class StillWorking(DomainError):
    """This is being worked on. Stop it first, or wait until it has ended."""


class DiesEachTime(DomainError):
    """It was begun %(times)s times, and each time the server's worker was cut off. Tell the person who looks after the server."""


class Fault(DomainError):
    """The server has a fault, code %(code)s. Tell the code to the person who looks after the server."""
