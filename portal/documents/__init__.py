"""Photos: check, clean, encrypt, store, show."""
