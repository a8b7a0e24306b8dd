"""The queue of cases and the accounts to open."""

from flask import Blueprint

review = Blueprint("review", __name__, url_prefix="/review")
