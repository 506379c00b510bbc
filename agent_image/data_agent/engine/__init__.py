"""The web process's side of the data engine: it owns the worker processes, never the database."""
