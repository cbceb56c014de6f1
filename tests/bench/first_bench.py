"""What somebody waits for first: bytes of a filer's first page, cold and warm, and a process's start to its first
answer: `python -m tests.bench.first_bench`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.lists_bench import say
from tests.builders import units as build_units
from tests.conftest import make_settings, seed_constants
from webapp import create_app, database, schema
from webapp.ui import static_files

ROUNDS = 3
START = """
import sys
from pathlib import Path
from tests.conftest import make_settings
from webapp import create_app
app = create_app(make_settings(Path(sys.argv[1]), sys.argv[2]))
assert app.test_client().get("/healthz").status_code == 200
"""


def seconds(*command: str) -> float:
    """The best of a few rounds: what the machine was busy with otherwise counts least."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, env=os.environ | {"PYTHONPATH": "."})
        taken.append(time.perf_counter() - begun)
    return min(taken)


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
        flask, ours = seconds("-c", "import flask"), seconds("-c", START, folder, url)
        say(f"start to first answer ({ours:.2f} s) vs import flask", ours / flask, "≤ 5")


if __name__ == "__main__":
    main()
