"""Statements, matching, exceptions, settlement."""
