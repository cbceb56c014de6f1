"""How long an invitation stays open, and when those concerned are reminded. Settings, read once at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass
class _Terms:
    open_for: timedelta = timedelta(days=14)
    reminded_before: timedelta = timedelta(days=3)


_terms = _Terms()


def configure(days: int, reminder_days: int) -> None:
    """`days` an invitation stays open; `reminder_days` before its end whoever must move is reminded."""
    _terms.open_for, _terms.reminded_before = timedelta(days=days), timedelta(days=reminder_days)


def open_for() -> timedelta:
    return _terms.open_for


def reminded_before() -> timedelta:
    return _terms.reminded_before
