"""The scanner on a page: its modules, its worker, its WebAssembly, and photos for it to look at."""

import base64
import csv
import mimetypes
import unicodedata

import pytest

from portal import CSP
from tests.capture.bundling import ROOT, bundle

MODULES = {"viewfinder": "viewfinder.js", "quality": "quality.js", "photo": "photo.js"}
WASM = ROOT / "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"
URLS = {"worker": "/scanner/worker.js", "wasm": "/scanner/reader.wasm"}
FIXTURES = ROOT / "tests/fixtures/photos"
SAMPLES = ROOT.parent / "shared/samples"
PATIENT = 120  # s
PREPARE = """async (name) => {
  const file = await (await fetch(`/given/${name}`)).blob();
  try {
    const { blob, ...told } = await portal.viewfinder.prepare(file);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { ...told, bytes: btoa(text) };
  } catch (error) {
    return { code: error.code || String(error) };
  }
}"""
READ = """async ([name, urls, seconds]) =>
  portal.viewfinder.readCode(await (await fetch(`/given/${name}`)).blob(), urls, seconds)"""


class Files:
    """Serves the worker and its WebAssembly, and what is put into `given` (name to bytes) under /given/."""

    def __init__(self, worker: bytes) -> None:
        self.files = {URLS["worker"]: worker, URLS["wasm"]: WASM.read_bytes()}
        self.given: dict[str, bytes] = {}

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        body = self.given.get(path.removeprefix("/given/"), self.files.get(path))
        if body is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        start_response("200 OK", [("Content-Type", kind), ("Content-Security-Policy", CSP)])
        return [body]


class Scanner:
    """A page with the scanner; pictures are given as bytes and called by a name."""

    def __init__(self, files: Files, tab) -> None:
        self.files, self.tab = files, tab

    def prepare(self, name: str, content: bytes) -> dict:
        """What prepare() gives, its blob as `bytes`; {"code"} of the error it ends in."""
        self.files.given[name] = content
        told = self.tab.evaluate(PREPARE, name)
        return told | {"bytes": base64.b64decode(told["bytes"])} if "bytes" in told else told

    def read(self, name: str, content: bytes) -> str | None:
        """The text of the code in it, after as many second looks as there are, on however slow a machine."""
        self.files.given[name] = content
        return self.tab.evaluate(READ, [name, URLS, PATIENT])


@pytest.fixture(scope="session")
def scanner_worker(tmp_path_factory):
    return bundle("scan_worker.js", tmp_path_factory.mktemp("scanner"), "scan_worker.js", kind="iife").read_bytes()


@pytest.fixture
def scanner(phone, scanner_worker):
    """A page with the scanner, but no camera before it."""
    files = Files(scanner_worker)
    return Scanner(files, phone(MODULES, files).open(user=None))


def truth(folder: str) -> list[dict[str, str]]:
    table = SAMPLES / folder / "truth.csv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [
            {key: unicodedata.normalize("NFC", value) for key, value in row.items()} for row in csv.DictReader(file)
        ]


def sample_rows(folder: str) -> list[object]:
    absent = pytest.mark.skip(reason=f"shared/samples/{folder} is absent")
    rows = [pytest.param(row, id=row["file"]) for row in truth(folder)]
    return rows or [pytest.param({}, id=f"no-shared-samples-{folder}", marks=absent)]
