"""`flask audit verify`: walk the chains."""

import json
import sys

import click
from flask.cli import AppGroup

from portal.audit import queries

audit = AppGroup("audit", help="The log of who did what.")


@audit.command("verify")
def verify() -> None:
    """Recompute every chain; exit 1 and name the first event of each that does not hold."""
    events, breaks = queries.verify()
    report = {"events": events, "ok": not breaks, "breaks": [vars(b) for b in breaks]}
    click.echo(json.dumps(report, ensure_ascii=False))
    if breaks:
        first = breaks[0]
        click.echo(f"The audit chain {first.chain} does not hold at event {first.seq}: {first.reason}.", err=True)
        sys.exit(1)
