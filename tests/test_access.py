"""Every route is called as every role; every object of another commune does not exist."""

import uuid

import pytest

from portal.access import PUBLIC, ROLE_PERMISSIONS, SIGNED_IN, Role, rule_for
from tests import factories, world
from tests.browser import Browser

# routes whose objects belong to no commune
WITHOUT_COMMUNE = {"staff.edit_member"}


def routes(app):
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static"]


def address(rule, values):
    """The path of a rule with `values` for its parameters."""
    url = rule.rule
    for name in rule.arguments:
        converter = rule._converters[name]
        start, end = url.index("<"), url.index(">")
        assert name in url[start : end + 1], converter
        url = url[:start] + str(values[name]) + url[end + 1 :]
    return url


class Nothing(dict):
    """Parameters of an object that does not exist."""

    def __missing__(self, name):
        return uuid.UUID(int=7) if name == "case_id" else "identity" if name == "step" else 999_999


def test_every_route_admits_exactly_the_declared_roles(app, sign_in):
    people = {role: sign_in(role.value) for role in Role}
    stranger = Browser(app)
    tried = 0
    for rule in routes(app):
        wanted = rule_for(app, rule.endpoint)
        for method in sorted(rule.methods & {"GET", "POST"}):
            url = address(rule, Nothing())
            for role, browser in people.items():
                allowed = wanted in (PUBLIC, SIGNED_IN) or wanted in ROLE_PERMISSIONS[role]
                status = browser.open(url, method, follow=False).status
                assert (status != 403) == allowed, (method, rule.rule, role, status)
                assert status < 500, (method, rule.rule, role, status)
                tried += 1
            answer = stranger.open(url, method, follow=False)
            if wanted != PUBLIC:
                assert answer.status == 302 and "/sign-in" in answer.headers["Location"], (method, rule.rule)
    assert tried > 7 * 20


def test_every_object_of_another_commune_does_not_exist(app, commune):
    with app.app_context():
        objects = world.objects(app, commune)
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
    assert other != commune
    strangers = {role: Browser(app) for role in Role}
    for role, browser in strangers.items():
        browser.sign_in(f"{role.value}.tv")
    tried = 0
    for rule in routes(app):
        if not rule.arguments or rule.endpoint in WITHOUT_COMMUNE:
            continue
        wanted = rule_for(app, rule.endpoint)
        url = address(rule, objects)
        for role in [r for r in Role if wanted in ROLE_PERMISSIONS[r]]:
            token = strangers[role].open("/account").soup.select_one("[name=csrf_token]")["value"]
            for method in sorted(rule.methods & {"GET", "POST"}):
                page = strangers[role].open(url, method, data={"csrf_token": token} if method == "POST" else None, follow=False)
                assert page.status == 404, (method, rule.rule, role, page.status)
                tried += 1
    assert tried > 20


@pytest.mark.parametrize("role", list(Role))
def test_the_first_page_opens_for_every_role(sign_in, role):
    assert sign_in(role.value).open("/").status == 200
