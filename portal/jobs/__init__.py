"""Work that takes longer than a person waits: started, watched, stopped, resumed."""

from portal.jobs.models import Job, JobState

__all__ = ["Job", "JobState"]
