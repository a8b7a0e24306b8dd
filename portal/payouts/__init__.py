"""Payout runs: who gets what and how; approve; files for the bank."""
