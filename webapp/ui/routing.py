"""Rules of addresses that are compiled where an address is first built from them.

Werkzeug compiles two functions for each of three hundred rules when a process starts, of which a page uses a dozen:
an eighth of the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule as CompiledRule

#: Domain and path.
Built = tuple[str, str]


class Rule(CompiledRule):
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Built]:
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, **values: Any) -> Built:
            return compiled(append_unknown)(rule, **values)

        return build
