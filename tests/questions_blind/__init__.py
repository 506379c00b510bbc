"""Held-out questions: written from the tables alone, without having read what answers them.

`make_tables.py` wrote `tables/` (seeded); `typed.sql` reads the same files with every type spelled
out; each set is a directory of TOML files: questions, each with its own SELECTs over those tables.
"""
