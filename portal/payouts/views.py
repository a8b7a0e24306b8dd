"""Payout runs: prepare, approve, files, cash lists."""

from flask import Blueprint

payouts = Blueprint("payouts", __name__, url_prefix="/payouts")
