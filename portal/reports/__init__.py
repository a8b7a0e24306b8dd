"""Seeing where we stand."""
