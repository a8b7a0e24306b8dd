"""Typed domain errors and the pages that show them."""

from typing import Any


class DomainError(Exception):
    """Something that the rules of the work do not allow.

    The docstring of a subclass is its message: an English message id with `%(name)s` placeholders, filled from the
    keyword arguments and translated where it is shown.
    """

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.message_id % values)

    @property
    def message_id(self) -> str:
        return " ".join((type(self).__doc__ or "").split())
