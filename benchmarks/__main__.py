"""`make bench`: weight of pages, time of lists among many recipients, a month's work of one commune; on both databases."""

import argparse
import gzip
import os
import sys
import tempfile
from pathlib import Path

from python_calamine import load_workbook

from benchmarks import month, photos, reading, register, uploads
from benchmarks import search as names
from benchmarks.installations import both
from benchmarks.measuring import once, tell, timed
from portal.recipients.parsing import read_roster
from portal.reports import queries as figures
from tests.browser import Browser, filled_in

ROSTER = Path(__file__).parents[1] / "tests/fixtures/rosters/roster-btxh-2026-11.xlsx"
LIST = 100  # ms in which any list opens
PAGES = {
    "first page of the officer": ("vanhoa", "/"),
    "people": ("vanhoa", "/recipients/"),
    "payout runs": ("vanhoa", "/payouts/"),
    "queue": ("vanhoa", "/review/"),
    "find a person": ("nganhang", "/enrolment/"),
    "first page of the bank": ("nganhang", "/"),
    "home visits": ("dentannha", "/visits/"),
    "supervisor": ("theodoi", "/"),
}
SEARCHES = {"people, search by name": ("vanhoa", "/recipients/"), "find a person by name": ("nganhang", "/enrolment/")}
PASSWORD = "mat khau do dac"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--recipients", type=int, default=100_000)
    arguments.add_argument("--communes", type=int, default=20)
    arguments.add_argument("--names", type=int, default=1_000_000, help="people among whom names are searched")
    arguments.add_argument("--on", choices=("sqlite", "postgresql"), help="one database only")
    chosen = arguments.parse_args()
    failed = [
        *files(),
        *photos.main(),
        *uploads.main(),
        *pages(chosen),
        *register.measured(chosen.on),
        *names.main(chosen.names, chosen.on),
    ]
    if failed:
        print(f"over the limit: {', '.join(failed)}")
        sys.exit(1)


def files():
    bare = timed(lambda: load_workbook(str(ROSTER)).get_sheet_by_index(0).to_python())
    whole = timed(lambda: read_roster(ROSTER, ROSTER.name))
    print(
        f"(calamine alone reads the same list in {bare:.0f} ms; the rest is the sandbox and the cleaning of 635 rows)"
    )
    return [*tell("read a list of 635 people, end to end", whole, 1000), *reading.measured()]


def pages(chosen):
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, app in both(Path(folder), chosen.recipients, chosen.communes, PASSWORD, chosen.on):
            size = f"{chosen.recipients:,} recipients in {chosen.communes} communes"
            print(f"\n{name}, {size}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            browsers = {
                user: signed_in(app, user) for user in ("vanhoa", "nganhang", "dentannha", "theodoi", "lanhdao")
            }
            figures._known.clear()  # signing in has shown the page
            failed += page(browsers["theodoi"], "supervisor, first view after a start", "/", first=True)
            for title, (user, address) in PAGES.items():
                failed += page(browsers[user], title, address)
            for title, (user, address) in SEARCHES.items():
                failed += search(browsers[user], title, address)
            failed += weights(browsers["vanhoa"])
            failed += month.measured(app, browsers, Path(folder), ROSTER, page)
            print(f"(load {os.getloadavg()[0]:.1f} at the end)")
    return failed


def signed_in(app, username):
    browser = Browser(app)
    browser.sign_in(username, PASSWORD)
    return browser


def page(browser, title, address, *, first=False):
    """Measure a page; `first`: once, as whoever comes first after a start or a change waits for it."""

    def opened():
        with browser.app.app_context():
            response = browser.client.get(address)
        assert response.status_code == 200, f"{address}: {response.status}"

    return tell(title, once(opened)[0] if first else timed(opened), LIST)


def search(browser, title, address):
    """Send the page's own search form, whatever method it has."""
    form = browser.open(address).soup.select_one("input[name=q]").find_parent("form")
    data = filled_in(form)[0] | {"q": "hoang thi"}
    method = (form.get("method") or "get").upper()
    sent = {"query_string" if method == "GET" else "data": data}

    def found():
        with browser.app.app_context():
            response = browser.client.open(form.get("action") or address, method=method, **sent)
        assert response.status_code < 400, f"{address}: {response.status}"

    return tell(title, timed(found), LIST)


def weights(browser):
    """Kilobytes over the line, gzipped: everything of the first page, then the next page alone."""
    stranger = Browser(browser.app)
    first_page = stranger.open("/sign-in")
    links = first_page.soup.select("link[rel=stylesheet], link[rel=icon], link[rel=manifest], script[src]")
    parts = [first_page.data, *(stranger.open(link.get("href") or link["src"]).data for link in links)]
    first = sum(len(gzip.compress(part)) for part in parts) / 1000
    following = len(gzip.compress(browser.open("/").data)) / 1000
    return [
        *tell("weight of the first page with all it needs", first, 60, "kB"),
        *tell("weight of the next page", following, 10, "kB"),
    ]


main()
