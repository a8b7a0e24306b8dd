"""The register: rosters in, people to find."""

from flask import Blueprint

recipients = Blueprint("recipients", __name__, url_prefix="/recipients")
