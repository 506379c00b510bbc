"""File names from the outside, made safe to keep on disk. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# ext4 allows 255 bytes; the rest is for a number and for temporary names.
MOST_BYTES = 150
ENDING = re.compile(r"(\.csv)?(?P<packed>\.gz|\.zip)?$", re.IGNORECASE)
NOT_SAFE = re.compile(r"[^\w .()+-]", re.ASCII)


def shown_name(given: str) -> str:
    """The name as people see it: without folders, control characters and odd white space."""
    last = re.split(r"[\\/]", given)[-1]
    clean = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    clean = " ".join(clean.split()).strip(". ")
    while len(clean.encode()) > MOST_BYTES:
        stem, dot, ending = clean.rpartition(".")
        clean = f"{stem[:-1]}{dot}{ending}" if dot and stem else clean[:-1]
    return clean or "upload.csv"


def free_name(shown: str, taken: Collection[str]) -> str:
    """`sales (2).csv`: the name with the first number that no other file has."""
    others = {name.casefold() for name in taken}
    found = ENDING.search(shown)
    at = found.start() if found else len(shown)
    number = 2
    while (name := f"{shown[:at]} ({number}){shown[at:]}").casefold() in others:
        number += 1
    return name


def kept_name(shown: str, taken: Collection[str]) -> str:
    """A plain ASCII name ending in .csv that no other file has, whatever the letter case.

    A compressed upload keeps its second ending: .csv.gz, .csv.zip.
    """
    ascii_name = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    found = ENDING.search(ascii_name)
    stem = NOT_SAFE.sub("_", ascii_name[: found.start()] if found else ascii_name).strip(". ")
    ending = ".csv" + (found["packed"] or "").lower() if found else ".csv"
    others = {name.casefold() for name in taken}
    name, number = f"{stem or 'upload'}{ending}", 2
    while name.casefold() in others:
        name, number = f"{stem or 'upload'}-{number}{ending}", number + 1
    return name
