"""One process of random runs: an application and a browser of its own."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chaos.driver import signed_in
from tests.chaos.runs import Run
from tests.chaos.serving import portal_in, served
from tests.chromium import CHROMIUM, FLAGS


def work(seed, numbers, told):
    """These runs one after the other; each outcome goes to `told`, and None at the end."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="portal-chaos-") as folder,
            portal_in(Path(folder)) as app,
            served(app) as (address, faults),
            sync_playwright() as playwright,
        ):
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            cookies = signed_in(chromium, address, "bank_staff")
            for number in numbers:
                told.put(Run(chromium, app, address, faults, cookies, seed, number).play())
            chromium.close()
    finally:
        told.put(None)
