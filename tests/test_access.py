"""Every route is called as every role; every object of another commune does not exist."""

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import update

from portal.access import PUBLIC, ROLE_PERMISSIONS, SIGNED_IN, Role, rule_for
from portal.db import db
from portal.errors import PHONES
from portal.payouts.models import Line, RunState
from tests import factories, world
from tests.browser import Browser

# routes whose objects belong to no commune
RATES = {f"recipients.rates_{page}" for page in ("edit", "correct", "raise", "apply", "download")}
WITHOUT_COMMUNE = {"staff.edit_member"} | RATES


def routes(app):
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static"]


def address(rule, values):
    """The path of a rule with `values` for its parameters."""
    url = rule.rule
    for name in sorted(rule.arguments, key=lambda each: rule.rule.index(f"{each}>")):
        converter = rule._converters[name]
        start, end = url.index("<"), url.index(">")
        assert name in url[start : end + 1], converter
        url = url[:start] + str(values[name]) + url[end + 1 :]
    return url


def token_of(browser):
    return browser.open("/account").soup.select_one("[name=csrf_token]")["value"]


class Nothing(dict):
    """Parameters of an object that does not exist."""

    def __missing__(self, name):
        known = {"case_id": uuid.UUID(int=7), "step": "identity", "digest": "0" * 64}
        return known.get(name, 999_999)


def test_every_route_admits_exactly_the_declared_roles(app, sign_in):
    people = {role: sign_in(role.value) for role in Role}
    tokens = {role: {"X-CSRFToken": token_of(browser)} for role, browser in people.items()}
    stranger = Browser(app)
    tried = 0
    for rule in routes(app):
        wanted = rule_for(app, rule.endpoint)
        for method in sorted(rule.methods & {"GET", "POST", "PUT"}):
            url = address(rule, Nothing())
            for role, browser in people.items():
                allowed = wanted in (PUBLIC, SIGNED_IN) or wanted in ROLE_PERMISSIONS[role]
                # a program is told 403 for a token, too; with one on every page this walk would sign everybody out
                headers = tokens[role] if rule.rule.startswith(PHONES) else {}
                status = browser.status(url, method, headers=headers)
                assert (status != 403) == allowed, (method, rule.rule, role, status)
                assert status < 500, (method, rule.rule, role, status)
                tried += 1
            answer = stranger.open(url, method, follow=False)
            if rule.rule.startswith(PHONES):  # asked by a program, which is told so in its own words
                assert answer.status == 401 and b'"reason":"sign_in"' in answer.data, (method, rule.rule)
            elif wanted != PUBLIC:
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
    tokens = {role: token_of(browser) for role, browser in strangers.items()}
    tried = 0
    for rule in routes(app):
        if not rule.arguments or rule.endpoint in WITHOUT_COMMUNE:
            continue
        wanted = rule_for(app, rule.endpoint)
        url = address(rule, objects)
        for role in [r for r in Role if wanted in ROLE_PERMISSIONS[r]]:
            for method in sorted(rule.methods & {"GET", "POST"}):
                data = {"csrf_token": tokens[role]} if method == "POST" else None
                status = strangers[role].status(url, method, data=data)
                assert status == 404, (method, rule.rule, role, status)
                tried += 1
    assert tried > 20


@pytest.mark.parametrize("role", list(Role))
def test_the_first_page_opens_for_every_role(sign_in, role):
    assert sign_in(role.value).open("/").status == 200


# capture, review and opening the account of that one case show its numbers in full; so does the work on one booking,
# and correcting one row of a list
FULL_NUMBERS = {"review.case", "review.account", "reconciliation.entry", "recipients.roster_row"}


def test_no_list_shows_a_full_number(app, sign_in, commune):
    numbers = {"citizen_id": "020148000123", "phone": "0968123456"}
    with app.app_context():
        person = factories.recipient(commune, "Hoàng Thị Vẻ", method=None, **numbers)
        factories.payment_method(person, account_number="8410205987654")
        values = world.objects(app, commune) | {"recipient_id": person.id, "member_id": 1}
        db.session.execute(
            update(Line).values(citizen_id=numbers["citizen_id"]).where(Line.run_id == draft_run(commune, person))
        )
        db.session.commit()
    people = {role: sign_in(role.value) for role in Role}
    seen = 0
    for rule in routes(app):
        wanted = rule_for(app, rule.endpoint)
        if "GET" not in rule.methods or rule.endpoint in FULL_NUMBERS or rule.rule.startswith("/enrolment/cases/<"):
            continue
        for role in [r for r in Role if wanted in ROLE_PERMISSIONS[r] or wanted == SIGNED_IN]:
            page = people[role].open(address(rule, values))
            for number in [*numbers.values(), "8410205987654"]:
                assert number not in re.sub(r"[ .\xa0]", "", page.text), (rule.rule, role, number)
            seen += 1
    assert seen > 50


def draft_run(commune_id, person):
    """A list being drawn up with one line for this person; returns its id."""
    line = factories.payment_line(7, account_number="8410205987654", recipient_name=person.full_name)
    return factories.sent_run(commune_id, [line], month=date(2026, 12, 1), state=RunState.PREPARED)
