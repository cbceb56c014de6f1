"""Cards of filings; they are the same as those of entries (registry.cards)."""

from webapp.domain.registry.cards import Card, open_card, seal_card

__all__ = ["Card", "open_card", "seal_card"]
