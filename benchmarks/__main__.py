"""`make bench`: weight of pages, time of lists among many recipients, reading of files; on SQLite and PostgreSQL."""

import argparse
import gzip
import statistics
import sys
import tempfile
import time
from pathlib import Path

from python_calamine import load_workbook

from benchmarks.installations import both
from portal.recipients.parsing import read_roster
from tests.browser import Browser

ROSTER = Path(__file__).parents[1] / "tests/fixtures/rosters/roster-btxh-2026-11.xlsx"
PAGES = {
    "first page of the officer": ("vanhoa", "/"),
    "people": ("vanhoa", "/recipients/"),
    "people, search by name": ("vanhoa", "/recipients/?q=hoang thi"),
    "payout runs": ("vanhoa", "/payouts/"),
    "queue": ("vanhoa", "/review/"),
    "find a person": ("nganhang", "/enrolment/?q=hoang thi"),
    "home visits": ("dentannha", "/visits/"),
    "supervisor": ("theodoi", "/"),
}
PASSWORD = "mat khau do dac"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--recipients", type=int, default=100_000)
    arguments.add_argument("--communes", type=int, default=20)
    chosen = arguments.parse_args()
    failed = [*files(), *pages(chosen)]
    if failed:
        print(f"over the limit: {', '.join(failed)}")
        sys.exit(1)


def tell(name, figure, limit, unit):
    """Print one line; return the name if the figure is over its limit."""
    ratio = figure / limit
    print(f"{name:<58} {figure:>10.1f} {unit:<4} limit {limit:>8.1f}   {ratio:5.2f}x", flush=True)
    return [name] if ratio > 1 else []


def timed(work, rounds=5):
    """Median milliseconds of `work`, after one round that warms up."""
    work()
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def files():
    bare = timed(lambda: load_workbook(str(ROSTER)).get_sheet_by_index(0).to_python())
    whole = timed(lambda: read_roster(ROSTER, ROSTER.name))
    print(
        f"(calamine alone reads the same list in {bare:.0f} ms; the rest is the sandbox and the cleaning of 635 rows)"
    )
    return tell("read a list of 635 people, end to end", whole, 1000, "ms")


def pages(chosen):
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, app in both(Path(folder), chosen.recipients, chosen.communes, PASSWORD):
            print(f"\n{name}, {chosen.recipients:,} recipients in {chosen.communes} communes")
            for title, (username, address) in PAGES.items():
                browser = Browser(app)
                browser.sign_in(username, PASSWORD)
                client = browser.client
                failed += tell(f"{title} ({address})", timed(lambda c=client, a=address: c.get(a)), 100, "ms")
            failed += weights(browser)
    return failed


def weights(browser):
    """Kilobytes over the line, gzipped: everything of the first page, then the next page alone."""
    stranger = Browser(browser.app)
    page = stranger.open("/sign-in")
    links = page.soup.select("link[rel=stylesheet], link[rel=icon], link[rel=manifest], script[src]")
    parts = [page.data, *(stranger.open(link.get("href") or link["src"]).data for link in links)]
    first = sum(len(gzip.compress(part)) for part in parts) / 1000
    following = len(gzip.compress(browser.open("/").data)) / 1000
    return [
        *tell("weight of the first page with all it needs", first, 60, "kB"),
        *tell("weight of the next page", following, 10, "kB"),
    ]


main()
