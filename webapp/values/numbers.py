"""Whole numbers: those that pages hand out and get back, and those that people type."""

import unicodedata

from .normalising import tidy

#: As many digits as fit into a row id of the database, whatever they are.
ROW_ID_DIGITS = 18


def whole_number(text: str | None, digits: int = ROW_ID_DIGITS) -> int | None:
    """The number written in plain digits, at most that many; ``None`` for anything else."""
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= digits else None


def typed_number(text: str | None, digits: int) -> int | None:
    """The number somebody typed; full width and spaces around it are understood."""
    return whole_number(unicodedata.normalize("NFKC", tidy(text)), digits)
