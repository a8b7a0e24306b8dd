"""Home visits: the list and the hand-over."""

from flask import Blueprint

visits = Blueprint("visits", __name__, url_prefix="/visits")
