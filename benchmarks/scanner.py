"""How many sample cards are read where: on the phone from the picture, from the photo it keeps, on the server from that."""

import argparse
import io
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zxingcpp
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from portal import CSP
from portal.documents import photo
from tests.capture.bundling import bundle
from tests.capture.conftest import PAGE, Quiet
from tests.capture.scanning import MODULES, SAMPLES, Files, Scanner, truth
from tests.chromium import CHROMIUM, FLAGS

COLUMNS = ("zxing-cpp alone", "phone, picture", "phone, photo kept", "server, photo kept")


@contextmanager
def scanner(folder: Path) -> Iterator[Scanner]:
    """A page with the scanner in a Chromium of its own."""
    files = Files(bundle("scan_worker.js", folder, "worker.js", kind="iife").read_bytes())
    imports = [f'import * as {name} from "./{path}";' for name, path in MODULES.items()]
    program = "\n".join([*imports, f"window.portal = {{ {', '.join(MODULES)} }};"])
    script = bundle(program, folder, "page.mjs").read_bytes()

    def answer(environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith("/test/"):
            return files(environ, start_response)
        kind, body = ("text/javascript", script) if path.endswith(".js") else ("text/html", PAGE)
        start_response("200 OK", [("Content-Type", kind), ("Content-Security-Policy", CSP)])
        return [body]

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page()
        tab.goto(f"http://localhost:{server.server_port}/test/")
        tab.wait_for_function("window.portal")
        yield Scanner(files, tab)
        browser.close()
    server.shutdown()


def measured(page: Scanner, name: str, content: bytes, folder: Path) -> tuple[list[str | None], dict[str, float]]:
    """The texts read in each of COLUMNS, and what they cost."""
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L")
    alone = zxingcpp.read_barcode(upright, formats=zxingcpp.BarcodeFormat.QRCode, text_mode=zxingcpp.TextMode.Plain)
    start = time.perf_counter()
    on_phone = page.read(name, content)
    read = time.perf_counter()
    made = page.prepare(name, content)
    prepared = time.perf_counter()
    kept = folder / "kept.jpg"
    kept.write_bytes(made["bytes"])
    texts = [alone.text if alone else None, on_phone, page.read(f"kept-{name}", made["bytes"]), photo.read(kept)["qr"]]
    return texts, {"read": read - start, "prepare": prepared - read, "bytes": len(made["bytes"])}


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    groups: dict[str, list[list[bool]]] = {}
    costs: list[dict[str, float]] = []
    wrong = []
    with tempfile.TemporaryDirectory() as name, scanner(Path(name)) as page:
        for row in truth("cards"):
            texts, cost = measured(page, row["file"], (SAMPLES / "cards" / row["file"]).read_bytes(), Path(name))
            composed = [text and unicodedata.normalize("NFC", text) for text in texts]
            group = row["condition"].split(",")[0] if row["payload"] else "no code that could be read"
            groups.setdefault(group, []).append([text == (row["payload"] or None) for text in composed])
            wrong += [
                (row["file"], COLUMNS[n]) for n, text in enumerate(composed) if text and text != row["card_payload"]
            ]
            costs.append(cost)
            sys.stdout.write(f"{row['file']} {groups[group][-1]} {cost}\n")
    for group, cards in groups.items():
        counts = [sum(card[n] for card in cards) for n in range(len(COLUMNS))]
        sys.stdout.write(f"| {group} | {len(cards)} | {' | '.join(map(str, counts))} |\n")
    for key in ("read", "prepare", "bytes"):
        values = sorted(cost[key] for cost in costs)
        sys.stdout.write(f"{key}: median {values[len(values) // 2]:.2f}, most {values[-1]:.2f}\n")
    sys.stdout.write(f"wrong texts: {wrong}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
