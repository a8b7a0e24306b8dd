"""Work that takes longer than a person waits: started, watched, stopped, resumed."""

from collections.abc import Callable, Mapping

from flask import Flask

from portal.jobs.models import Job, JobState
from portal.jobs.store import Store
from portal.jobs.work import Handler, Stopped, Work

__all__ = ["Handler", "Job", "JobState", "Stopped", "Work", "init_app"]


def init_app(app: Flask, handlers: Mapping[str, Callable[[], Handler]]) -> None:
    """`handlers`: what does each kind of work; the packages above know, jobs know none of them."""
    app.extensions["jobs"] = Store(app.config["SQLALCHEMY_DATABASE_URI"])
    app.extensions["job_handlers"] = dict(handlers)
