"""`flask jobs work|list`: the worker for long work, and what it has to do."""

import logging
import signal
import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from portal.db import db, reading
from portal.jobs import Job, Work
from portal.jobs.queries import progress
from portal.jobs.worker import run
from portal.recipients.services.receiving import forget_copies

jobs = AppGroup("jobs", help="Long work: big lists are read and applied by a worker.")


@jobs.command("work")
def work() -> None:
    """Do jobs until the process is told to end; one in work is given back to the next worker."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: Work.leaving.set())
    forget_copies()
    run(current_app._get_current_object())  # type: ignore[attr-defined]


@jobs.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
def list_jobs(everything: bool) -> None:
    """Jobs with their state, how far they are, and how often they were begun."""
    with reading():
        for job in db.session.scalars(select(Job).order_by(Job.id)):
            told = progress(job)
            if told.lives or everything:
                click.echo(
                    f"{job.id}  {job.kind}  {job.subject}  {job.state}  {told.done}/{told.total}  {job.attempts}x"
                )
