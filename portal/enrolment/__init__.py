"""Cases captured in the field."""
