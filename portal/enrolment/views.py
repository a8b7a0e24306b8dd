"""Capturing a case, step by step."""

from flask import Blueprint

enrolment = Blueprint("enrolment", __name__, url_prefix="/enrolment")
