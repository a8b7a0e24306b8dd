"""Money carried to the house."""
