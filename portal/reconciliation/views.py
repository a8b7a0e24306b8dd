"""Statements, exceptions and settlements."""

from flask import Blueprint

reconciliation = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")
