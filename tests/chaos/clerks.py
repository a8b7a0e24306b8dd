"""A clerk with the real page before the real application, for tests of single faults."""

import pytest

from tests import factories
from tests.chaos.checks import left_on, wrong_with
from tests.chaos.driver import Clerk, signed_in, until
from tests.chaos.serving import served


@pytest.fixture
def portal(sqlite_app):
    """(application, address, faults) with a commune; what hangs is freed at the end."""
    with sqlite_app.app_context():
        factories.commune(sqlite_app)
    with served(sqlite_app) as (address, faults):
        yield sqlite_app, address, faults


@pytest.fixture(scope="module")
def cookies():
    """Of who signed in once; each copy of the database has the same members."""
    return {}


@pytest.fixture
def newcomer(chromium, portal, cookies):
    """A signed-in clerk who has not opened the capture on this phone."""
    _app, address, _faults = portal
    if not cookies:
        cookies["bank_staff"] = signed_in(chromium, address, "bank_staff")
    made = Clerk(chromium, address, cookies["bank_staff"])
    yield made
    complaints = made.close()
    assert not complaints, complaints


@pytest.fixture
def clerk(newcomer):
    """A clerk who was here once with a network: the page, the member and the service worker are on the phone."""
    newcomer.open()
    newcomer.ready()
    settled(newcomer.page)
    return newcomer


def button(clerk, text):
    return clerk.page.locator("button:visible", has_text=text).first


def settled(page):
    """Wait until the service worker serves this page."""
    until(
        lambda: page.evaluate(
            "navigator.serviceWorker.ready.then((r) => Boolean(r.active && r.active.state === 'activated'))"
        )
    )


def take_in(clerk, wanted, until_step=None):
    """Go through the case until it is saved, or until a step is shown. Returns what the phone held."""
    for _ in range(20):
        held = clerk.advance(wanted)
        if until_step and clerk.where()[1] == until_step:
            return None
        if held and not clerk.where()[1]:
            return held
    raise AssertionError(f"it is not saved: {clerk.where()} {clerk.told()}")


def closed(clerk):
    """What the phone holds of its one case, just before it is closed."""
    memory = clerk.memory()
    (case,) = memory["cases"]
    return case | {"held": memory["photos"]}


def empty(clerk):
    """Nothing is left on the phone; presses "Send now" while something is."""
    if clerk.memory()["cases"]:
        clerk.send_now()
    return not left_on(clerk.memory())


def arrived(clerk, portal, wanted, held, seconds=90):
    """All is well in the end: the phone is empty, the server has everything once."""
    app, _address, faults = portal
    until(lambda: empty(clerk), seconds, pause=0.2)
    wrong = wrong_with(app, wanted, held, bodies=faults.bodies)
    assert not wrong, wrong
    return True


def state_of(clerk, case):
    return next((one for one in clerk.memory()["cases"] if one["id"] == case), {"state": "gone"})["state"]
