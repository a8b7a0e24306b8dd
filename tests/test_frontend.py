"""What the browser gets: exact parts of others, and icons and scripts of our own."""

import json
import re
from pathlib import Path

import frontend

ROOT = Path(frontend.__file__).parent
TEMPLATES = sorted((ROOT / "portal/templates").rglob("*.html"))


def test_parts_of_others_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert [v for v in versions if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages and not [name for name, package in packages.items() if "resolved" in package]


def test_built_files_are_named_by_their_content(tmp_path: Path) -> None:
    sources = [tmp_path / "one.js", tmp_path / "two.css"]
    for source in sources:
        source.write_text("first")
    first = frontend.copy_vendor_files(sources, tmp_path / "vendor")
    sources[0].write_text("second")
    second = frontend.copy_vendor_files(sources, tmp_path / "vendor")
    assert {name for name in first if first[name] != second[name]} == {"one.js"}
    assert sorted(p.name for p in (tmp_path / "vendor").iterdir()) == sorted([*second.values(), "manifest.json"])


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (ROOT / "portal/static/icons.svg").read_text()))
    named = {name for t in TEMPLATES for name in re.findall(r"\bicon\('([a-z-]+)'\)", t.read_text())}
    assert named - drawn == set()


def test_templates_hold_no_inline_script_and_no_inline_style() -> None:
    inline = re.compile(r"""<script(?![^>]*\bsrc=)|<style|\sstyle=["']|\son[a-z]+=["']|\bhx-on\b""")
    assert [t.name for t in TEMPLATES if inline.search(t.read_text())] == []
