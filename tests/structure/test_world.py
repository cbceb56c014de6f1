"""The world at random (tests/domain/world) takes every action that moves the list: a new one is not left out unseen."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGES = ("campaigns", "closings", "filings", "passlist", "sanctions")
BUILDERS = ("counter", "filings", "sanctions")
WORLD = [*Path("tests/domain/world").glob("*.py"), *(Path(f"tests/builders/{name}.py") for name in BUILDERS)]
#: Read, print or say again, and move nothing; slices of a file are read by batches.read_all.
MOVE_NOTHING = {
    "filings.agreeing.give_again",
    "filings.uploads.print_sheet",
    "filings.visiting.close_page",
    "filings.visiting.open_page",
    "passlist.exporting.export",
    "sanctions.batches.finish",
    "sanctions.batches.take_slice",
    "sanctions.cases.read_evidence",
}


def actions(package: str) -> set[str]:
    """The actions others call; those of timers (`_name`) are reached by what calls them."""
    found = set()
    for path in Path("webapp/domain", package).glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                calls = [one.func for one in node.decorator_list if isinstance(one, ast.Call)]
                if any(isinstance(one, ast.Name) and one.id == "action" for one in calls):
                    found.add(f"{package}.{path.stem}.{node.name}")
    return found


def taken(path: Path) -> set[str]:
    """What this file takes from modules of the domain."""
    tree, modules, found = ast.parse(path.read_text("utf-8")), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("webapp.domain."):
            package = (node.module or "").removeprefix("webapp.domain.")
            modules |= {one.asname or one.name: f"{package}.{one.name}" for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found.add(f"{modules[node.value.id]}.{node.attr}")
    return found


def test_world_takes_every_action_that_moves_the_list():
    known = set().union(*(actions(package) for package in PACKAGES))
    lived = set().union(*(taken(path) for path in WORLD))

    assert len(known) > 60
    assert sorted(known - lived - MOVE_NOTHING) == []
    assert sorted(MOVE_NOTHING - known) == []
