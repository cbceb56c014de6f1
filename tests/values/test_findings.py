"""The list of codes is whole: nothing is found that is not in it, nothing is in it that is never found."""

import ast
import re
from pathlib import Path

from webapp.values import findings

PACKAGE = Path(findings.__file__).parent


def test_every_finding_made_is_in_the_list_with_its_params() -> None:
    made = {
        (call.args[0].value, frozenset(keyword.arg for keyword in call.keywords))
        for path in PACKAGE.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("error", "warn")
        and isinstance(call.args[0], ast.Constant | ast.IfExp)
        for call in _branches(call)
    }

    listed = {(code, frozenset(re.findall(r"{(\w+)}", gloss))) for code, gloss in findings.CODES.items()}

    assert made == listed


def _branches(call: ast.Call) -> list[ast.Call]:
    first = call.args[0]
    if not isinstance(first, ast.IfExp):
        return [call]
    return [ast.Call(func=call.func, args=[one], keywords=call.keywords) for one in (first.body, first.orelse)]


def test_a_warning_leaves_the_value_and_an_error_takes_it() -> None:
    warned = findings.checked("X", "x", [findings.warn("odd_vin")])
    refused = findings.checked("X", "x", [findings.warn("odd_vin"), findings.error("missing")])

    assert (warned.value, warned.ok, len(warned.warnings)) == ("X", True, 1)
    assert (refused.value, refused.ok, len(refused.errors)) == ("", False, 1)
    assert len({warned, refused, warned}) == 2
