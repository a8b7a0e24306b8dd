"""Capturing a case, step by step."""

from portal.enrolment.views import cases, field, phones, starting, steps
from portal.enrolment.views.blueprint import enrolment

__all__ = ["cases", "enrolment", "field", "phones", "starting", "steps"]
