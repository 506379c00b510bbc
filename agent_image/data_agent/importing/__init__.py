"""From the bytes of an upload to typed columns: decode, split, name, type. No database here."""
