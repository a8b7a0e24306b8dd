"""Long work on a list: how far it is, stop it, go on."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import Permission, allow
from portal.db import only_reads
from portal.jobs import Job, JobState
from portal.jobs.labels import error_words, time_words
from portal.jobs.queries import progress
from portal.jobs.services import must_be_free, request_stop
from portal.recipients import labels, queries
from portal.recipients.models import RosterFile, RosterState
from portal.recipients.services import long
from portal.recipients.views.blueprint import recipients
from portal.staff.session import find_or_404, member


def under_way(file: RosterFile) -> bool:
    """Whether there is no preview to show: a job has the list, or it was not read to its end."""
    unread = file.state == RosterState.READING or "counts" not in file.report
    return unread or _lives(queries.job_of(file))


def _lives(job: Job | None) -> bool:
    return job is not None and job.state in (JobState.WAITING, JobState.RUNNING)


def progress_page(file: RosterFile) -> str:
    return render_template(
        "recipients/progress.html", file=file, labels=labels, **about_job(file, queries.job_of(file))
    )


def about_job(file: RosterFile, job: Job | None) -> dict[str, object]:
    """What `_progress.html` needs; nothing for work whose end does not matter any more."""
    ended = job is not None and job.kind == long.APPLY and file.state == RosterState.APPLIED
    if job is None or ended or job.state == JobState.DONE:
        return {"work": None}
    return {
        "work": progress(job),
        "said": error_words(job),
        "time_words": time_words,
        "applying": job.kind == long.APPLY,
    }


def free_or_409(roster_id: int) -> RosterFile:
    """The list, locked; `StillWorking` while a worker applies it and would keep the lock for long."""
    must_be_free(queries.subject_of(find_or_404(RosterFile, roster_id)))
    return find_or_404(RosterFile, roster_id, lock=True)


def watched_to_its_end(file: RosterFile) -> bool:
    """Whether a page that shows figures asks for newer ones, and there are none any more."""
    return "watch" in request.args and "HX-Request" in request.headers and not _lives(queries.job_of(file))


def look_again() -> Response:
    """The browser loads the whole page anew."""
    return Response(status=200, headers={"HX-Refresh": "true"})


@recipients.post("/rosters/<int:roster_id>/stop")
@allow(Permission.KEEP_REGISTER)
@only_reads  # the worker may hold SQLite's only write lock: the request to stop goes past the database
def stop_work(roster_id: int) -> ResponseReturnValue:
    file = find_or_404(RosterFile, roster_id)
    if job := queries.job_of(file):
        request_stop(member(), job)
    return redirect(url_for("recipients.roster", roster_id=roster_id))


@recipients.post("/rosters/<int:roster_id>/reading")
@allow(Permission.KEEP_REGISTER)
def go_on_reading(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    long.go_on_reading(member(), file)
    flash(gettext("The reading goes on where it was stopped."), "ok")
    return redirect(url_for("recipients.roster", roster_id=file.id))
