"""Decides whether a statement may run: everything is refused that is not on a list here."""
