"""What somebody waits for first: bytes of a filer's first page, cold and warm, and a process's start to its first
answer: `python -m tests.bench.first_bench`."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import say
from tests.builders import units as build_units
from tests.conftest import environment, make_settings, seed_constants
from webapp import create_app, database, schema
from webapp.ui import static_files

ROUNDS = 7
#: As in production: with nothing that only development's tools bring along (structlog takes rich where it is there).
START = """
import sys
sys.modules["rich"] = None
from wsgi import app
assert app.test_client().get("/healthz").status_code == 200
"""


def starts(folder: str, url: str) -> tuple[float, float]:
    """Seconds of processor time of `import flask` and of our start, in turn, the least of a few rounds: what the
    machine is busy with otherwise counts little. Compiled modules are there, as after the first start."""
    known = {"PYTHONPATH": ".", "PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PATH": os.environ["PATH"]}
    known |= environment(Path(folder), url)  # the keys that what is stored opens under
    taken: dict[str, list[float]] = {"import flask": [], START: []}
    for _ in range(ROUNDS + 1):
        for code, spent in taken.items():
            before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
            subprocess.run([sys.executable, "-c", code], check=True, env=known)
            spent.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)
    flask, ours = (min(spent[1:]) for spent in taken.values())
    return flask, ours


def size(client: object, path: str) -> tuple[int, str]:
    """Bytes on the wire, body and heads, and the text."""
    answer = client.get(path, headers={"Accept-Encoding": "br, gzip"})  # type: ignore[attr-defined]
    heads = sum(len(name) + len(value) + 4 for name, value in answer.headers)
    plain = client.get(path).text if "html" in answer.content_type else ""  # type: ignore[attr-defined]
    return len(answer.data) + heads, plain


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        static_files.compress(Path("static"))
        app = create_app(make_settings(Path(folder), url))
        database.connect()
        schema.upgrade()
        seed_constants()
        unit = build_units.certified_unit()
        client = app.test_client()
        page, text = size(client, f"/q/{unit.code}")
        assets = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', text))
        cold = page + sum(size(client, asset)[0] for asset in assets)
        say(f"filer's first page, cold, with {len(assets)} assets", cold / 1024, "≤ 32", " KB")
        say("the same, warm", page / 1024, "≤ 6", " KB")
        database.disconnect()
        flask, ours = starts(folder, url)
        say(f"start to first answer ({ours:.2f} s) vs import flask", ours / flask, "≤ 5")


if __name__ == "__main__":
    main()
