"""Extraction of messages for translators: the docstrings of domain errors are texts that people read."""

import ast
from collections.abc import Iterator
from typing import IO, Any

Message = tuple[int, str | None, str, list[str]]


def error_messages(file: IO[bytes], _keywords: Any, _tags: Any, _options: Any) -> Iterator[Message]:
    """Babel's extractor: the message of each class whose base ends in Error, or is itself such an error."""
    tree = ast.parse(file.read())
    errors = {"DomainError", "InputError"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_name(base) in errors for base in node.bases):
            errors.add(node.name)
            text = ast.get_docstring(node)
            if text and node.name != "InputError":
                yield node.lineno, None, " ".join(text.split()), []


def _name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
