"""Extraction of messages for translators: the docstrings of domain errors are texts that people read."""

import ast
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.extract import extract_python

Message = tuple[int, str | None, str, list[str]]


def messages(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """Babel's extractor for Python, and after it the message of each domain error."""
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    yield from error_messages(ast.parse(file.read()))


def error_messages(tree: ast.Module) -> Iterator[Message]:
    """The docstring of each class whose base is such an error, in the order of the module."""
    errors = {"DomainError", "InputError"}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_name(base) in errors for base in node.bases):
            errors.add(node.name)
            text = ast.get_docstring(node)
            if text and node.name != "InputError":
                yield node.lineno, None, " ".join(text.split()), []


def _name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
