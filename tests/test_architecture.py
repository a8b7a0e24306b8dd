"""The house rules that a linter cannot check."""

import ast
import re
from pathlib import Path

import pytest

from portal.errors import DomainError
from portal.reports.menu import PERSONAL

ROOT = Path(__file__).parents[1]
PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
VIEWS = [m for m in MODULES if m.name == "views.py" or m.parent.name == "views"]


def name_of(path):
    return str(path.relative_to(PORTAL))


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)
each_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


def functions(path):
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]


def lines_of_code(node):
    """Lines of a function without its docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return node.end_lineno - first.lineno + 1


@each_module
def test_modules_stay_small_and_say_in_one_line_what_they_are_for(path):
    text = path.read_text()
    assert text.count("\n") <= 300
    assert ast.get_docstring(ast.parse(text)), "no module docstring"


@each_module
def test_functions_stay_small(path):
    long = [(f.name, lines_of_code(f)) for f in functions(path) if lines_of_code(f) > 40]
    assert not long


@pytest.mark.parametrize("path", VIEWS, ids=name_of)
def test_views_stay_small(path):
    views = [f for f in functions(path) if any("allow(" in ast.unparse(d) for d in f.decorator_list)]
    assert not [(f.name, lines_of_code(f)) for f in views if lines_of_code(f) > 20]


@each_template
def test_templates_stay_small(path):
    assert path.read_text().count("\n") <= 150


@each_module
def test_only_db_ends_transactions(path):
    if path == PORTAL / "db.py":
        return
    assert not re.search(r"session\.(commit|rollback)\(", path.read_text())


@each_module
def test_nothing_is_imported_inside_functions(path):
    for function in functions(path):
        inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not inner, f"{function.name} imports inside"


def test_no_module_has_a_name_that_says_nothing():
    names = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc"}
    assert not [m for m in MODULES if m.stem in names or m.parent.name in names]


@each_template
def test_htmx_selects_something_that_is_on_the_page(path):
    html = path.read_text()
    for attribute, target in re.findall(r'(hx-target|hx-select)="#([\w-]+)"', html):
        assert f'id="{target}"' in html, f"{attribute} names #{target}"


@each_template
def test_templates_do_not_bypass_escaping_or_the_content_policy(path):
    assert not re.search(r"\|\s*safe|<script>| on\w+=|\sstyle=|javascript:", path.read_text())


@each_module
def test_code_does_not_bypass_escaping(path):
    assert not re.search(r"\bMarkup\(|render_template_string", path.read_text())


@each_template
def test_every_posted_form_carries_the_token(path):
    html = path.read_text()
    for form in re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", html, re.S):
        assert "hidden_csrf()" in form, form[:120]


@each_template
def test_whom_someone_looks_for_is_posted_not_put_into_an_address(path):
    """Addresses stay in the browser's history on shared phones and in the logs of proxies."""
    html, personal = path.read_text(), "|".join(sorted(PERSONAL))
    for tag, fields in re.findall(r"(<form\b[^>]*>)(.*?)</form>", html, re.S):
        if 'method="post"' not in tag or "hx-get" in tag:
            assert not re.search(rf'name="({personal})"|\bform\.({personal})\b', fields), tag
    assert not re.search(rf"url_for\([^)]*\b({personal})=", html)


@each_module
def test_no_view_reads_from_the_address_what_names_a_person(path):
    personal = "|".join(sorted(PERSONAL))
    assert not re.search(rf"request\.(args|values)(\.get\(|\[)[\"']({personal})[\"']", path.read_text())
    assert not re.search(rf"url_for\([^)]*\b({personal})=", path.read_text())


@each_module
def test_errors_of_the_domain_say_what_happened(path):
    """The docstring is the message: a sentence or more, ending with a full stop."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b) in ("DomainError", "InputError") for b in node.bases):
            text = ast.get_docstring(node)
            assert text and text.rstrip().endswith((".", "?")), f"{node.name} says nothing"
    assert DomainError.__doc__


def test_the_project_names_no_registry_and_no_host_of_one():
    hosts = ("pypi." + "org", "registry." + "npmjs", "files.python" + "hosted", "deb.deb" + "ian")
    ignored = {".git", ".venv", "node_modules", "vendor", ".mypy_cache", ".ruff_cache", "__pycache__", "instance"}
    for path in ROOT.rglob("*"):
        if ignored & set(path.parts) or not path.is_file() or path.suffix in {".png", ".jpg", ".xlsx", ".xls", ".mo"}:
            continue
        text = path.read_text(errors="ignore")
        assert not [h for h in hosts if h in text], path
