"""The bank of the journeys: the simulator that stands beside the project plays it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SIMULATOR = Path(__file__).parents[2] / "shared/tools/bank_simulator.py"


def pay(folder, payments, **options):
    """Let the bank pay the xlsx `payments`; return its statement (agribank-xlsx) and the truth about each line."""
    if not SIMULATOR.exists():
        pytest.skip(f"the bank simulator is not there: {SIMULATOR}")
    source, statement, truth = folder / "payments.xlsx", folder / "statement.xlsx", folder / "truth.json"
    source.write_bytes(payments)
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    subprocess.run(
        [
            sys.executable,
            SIMULATOR,
            source,
            "--format=agribank-xlsx",
            f"--out={statement}",
            f"--truth={truth}",
            *arguments,
        ],
        check=True,
        capture_output=True,
    )
    return statement, json.loads(truth.read_text())
