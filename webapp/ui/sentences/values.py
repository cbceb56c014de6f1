"""Sentences for what the checks of `webapp.values` find."""

from typing import Any

SENTENCES: dict[str, Any] = {}
