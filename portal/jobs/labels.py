"""What became of long work, in words."""

from flask_babel import gettext, ngettext

from portal.jobs.models import Job


def error_words(job: Job) -> str:
    """The sentence that a failed job ended with."""
    if not job.error:
        return ""
    sentence = job.error["text"]  # the message id of a refusal, collected where it is defined
    return str(gettext(sentence) % job.error["values"])


def time_words(seconds: float) -> str:
    """15 giây, 3 phút: no more exact than it can be known."""
    if seconds < 90:
        return str(ngettext("%(num)s second", "%(num)s seconds", max(5, round(seconds / 5) * 5)))
    return str(ngettext("%(num)s minute", "%(num)s minutes", round(seconds / 60)))
