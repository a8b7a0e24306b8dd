"""Work that takes longer than a person waits: started, watched, stopped, resumed."""
