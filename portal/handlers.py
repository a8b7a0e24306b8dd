"""What does each kind of long work."""

from collections.abc import Callable

from portal.documents.views import vault
from portal.jobs import Handler
from portal.recipients.services import long

HANDLERS: dict[str, Callable[[], Handler]] = {
    long.READ: lambda: long.reading(vault()),
    long.APPLY: long.applying,
}
