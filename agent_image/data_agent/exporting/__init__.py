"""Rows as text that other programs read. Pure: neither web nor database here."""
