"""The register's part of the address space."""

from flask import Blueprint

recipients = Blueprint("recipients", __name__, url_prefix="/recipients")
