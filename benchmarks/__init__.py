"""Measured figures, each as a ratio to its limit."""
