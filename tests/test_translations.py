"""Vietnamese is complete: what a page can say in English it says in Vietnamese."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%\((\w+)\)d")


def catalogue():
    with (ROOT / "portal/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="vi")


def used():
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        ROOT / "portal",
        methods,
        options,
        keywords={"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)},
    )
    return {m if isinstance(m, str) else m[0] for _, _, m, _, _ in found}


def test_every_message_has_a_vietnamese_translation():
    known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue() if m.id}
    wanted = used()
    assert len(wanted) > 100
    missing = [m for m in wanted if m not in known or not all(_listed(known[m].string))]
    assert not missing, missing


def test_no_translation_is_left_over():
    wanted = used()
    ids = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue() if m.id}
    assert not ids - wanted


def test_translations_keep_the_placeholders():
    for message in catalogue():
        if not message.id:
            continue
        source = set(PLACEHOLDER.findall(" ".join(_listed(message.id))))
        for text in _listed(message.string):
            assert set(PLACEHOLDER.findall(text)) <= source, (message.id, text)


def _listed(value):
    return [value] if isinstance(value, str) else list(value)
