"""Who did what: a hash chain of events for each commune."""
