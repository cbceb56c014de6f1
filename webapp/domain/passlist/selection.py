"""What a clerk chose on a list: ticked rows with the versions he saw, or everything a filter matches."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.errors import Conflict


@dataclass(frozen=True)
class Chosen:
    """Either `rows` (reference and version of each), or, with `everything`, all that match `state`, `words` and `flag`
    on the server's side, `expected` of them: more or fewer by then is Conflict("count_changed"). Where `digest` is
    given (filings.lists.digest, passlist.queries.digest), they must also be the same ones in the same versions."""

    rows: tuple[tuple[str, int], ...] = ()
    everything: bool = False
    state: str = ""
    words: str = ""
    flag: str = ""
    expected: int | None = None
    digest: str = ""

    def versions(self) -> dict[str, int]:
        return dict(self.rows)

    def check_count(self, found: int) -> None:
        if self.everything and self.expected is not None and found != self.expected:
            raise Conflict("count_changed", expected=self.expected, found=found)
