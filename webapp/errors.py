"""The four refusals. The domain raises them with codes; `ui` owns the sentences and the status codes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: a field (or "" for the whole), a machine code and its parameters."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    warning: bool = False  # the person may confirm it and go on


class Refusal(Exception):
    """A rule said no. Nothing of the act remains but the record of the refusal."""

    on_record = False  # whether that record is written

    def __init__(
        self,
        code: str = "",
        /,
        *,
        field: str = "",
        faults: Iterable[Fault] = (),
        **params: Any,
    ):
        self.faults: tuple[Fault, ...] = tuple(faults) or (Fault(field, code, params),)
        super().__init__(", ".join(f"{fault.field}:{fault.code}" for fault in self.faults))

    @property
    def code(self) -> str:
        return self.faults[0].code

    @property
    def params(self) -> dict[str, Any]:
        return self.faults[0].params


class NotFound(Refusal):
    """No such thing within the reader's scope (404)."""


class NotAllowed(Refusal):
    """The actor may not do this (403)."""


class Invalid(Refusal):
    """What was sent cannot be accepted as it is; every fault at once (422)."""


class Conflict(Refusal):
    """True when it was written, not any more: stale version, state, or a rule another row holds (409)."""


class TooMany(Refusal):
    """A limit is used up; params carry `seconds` until the next try (429)."""
