"""Plays the bank with the simulator of the shared tools; skips by name where it is absent."""

import csv
import json
import subprocess
import sys

import pytest

from tests.conftest import SHARED

TOOL = SHARED / "tools" / "bank_simulator.py"
FORMATS = {"agribank-xlsx": "xlsx", "vietcombank-xlsx": "xlsx", "csv": "csv"}
HEAD = ["reference", "beneficiary_name", "account_number", "bank_bin", "amount", "currency", "purpose"]


def payment_file(path, lines):
    """`lines`: dicts with reference, payee_name, account_number, provider_bin, amount_total."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEAD)
        for line in lines:
            account = line["account_number"], line["provider_bin"]
            purpose = f"Tro cap thang 11 {line['reference']}"
            out.writerow([line["reference"], line["payee_name"], *account, line["amount_total"], "VND", purpose])
    return path


def play(folder, payments, form="agribank-xlsx", name=None, **options):
    """Write what the bank sends back; return its path and the truth. Options as on the command line, with `_`."""
    if not TOOL.exists():
        pytest.skip("shared/tools/bank_simulator.py is not here")
    out = folder / (name or f"statement-{form}.{FORMATS[form]}")
    truth = folder / f"{out.stem}-truth.json"
    words = [str(TOOL), str(payments), "--format", form, "--out", str(out), "--truth", str(truth)]
    for key, value in options.items():
        words += [f"--{key.replace('_', '-')}"] if value is True else [f"--{key.replace('_', '-')}", str(value)]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return out, json.loads(truth.read_text())
