"""What a web process loads before its first answer: a start is waited for, after each upgrade and each crash."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys

from tests.builders.production import production

#: Loaded by who first needs them (`import` inside a function, with a word why), or by worker and commands alone.
NOT_AT_START = (
    "PIL",
    "cryptography.x509",
    "openpyxl",
    "phonenumbers",
    "pikepdf",
    "pyhanko",
    "pytest",
    "qrcode",
    "schemathesis",
    "weasyprint",
    "webapp.cli.demo",
    "webapp.cli.synth",
    "webapp.delivery.rendering",
    "webapp.delivery.worker",
    "webapp.documents.annex",
    "webapp.documents.pdf",
    "webapp.documents.sealing",
)
START = """
import json, sys
from werkzeug.routing import Rule
compiled = []
before = Rule._compile_builder
Rule._compile_builder = lambda rule, *more: (compiled.append(rule.rule), before(rule, *more))[1]
from wsgi import app
assert app.test_client().get("/healthz").status_code == 200
import gc
print(json.dumps([sorted(sys.modules), compiled, gc.isenabled()]))
"""


def test_a_web_process_loads_what_its_first_answer_needs(tmp_path):
    known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "WEBAPP_ENV")}
    known |= {"WEBAPP_ENV": "demo", "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, env=known, check=True)
    modules, compiled, collecting = json.loads(done.stdout.splitlines()[-1])

    assert [name for name in NOT_AT_START if name in modules] == []
    assert len(compiled) < 20, "addresses are compiled where they are first built"
    assert collecting


def test_whatever_server_loads_it_production_refuses_a_database_filled_as_a_demo(tmp_path):
    known = {name: value for name, value in os.environ.items() if name != "FLASK_RUN_FROM_CLI"} | production(tmp_path)
    (tmp_path / "data").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "passlist.db")) as filled, filled:
        filled.execute("CREATE TABLE act (id INTEGER PRIMARY KEY, verb TEXT)")
        filled.execute("INSERT INTO act (verb) VALUES ('demo:seeded')")

    done = subprocess.run([sys.executable, "-c", "import wsgi"], capture_output=True, text=True, env=known)

    assert done.returncode == 1
    assert "the database was filled as a demo" in done.stderr
