"""People who sign in, their roles and the communes where they work."""
