"""The queue of cases, its decisions, and the accounts to open."""
