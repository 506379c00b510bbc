"""Asking a language model for a query: it writes a plan or one SELECT, and nothing else counts."""
