"""The first page of each role."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.access import SIGNED_IN, allow

reports = Blueprint("reports", __name__)


@reports.get("/")
@allow(SIGNED_IN)
def home() -> ResponseReturnValue:
    return render_template("reports/home.html")
