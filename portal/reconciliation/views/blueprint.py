"""The address under which all of reconciliation stands."""

from flask import Blueprint

reconciliation = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")
