"""A large list against one of a thousand: `python -m tests.bench.scale_bench [entries]`, on SQLite.

How fast it is invented, what its pages cost against those of the small one, and what a web process takes for it.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.lists_bench import milliseconds, say
from tests.builders.browser import Browser
from tests.conftest import make_settings, seed_constants
from webapp import clock, configure_core, create_app, database, schema
from webapp.cli.synth import filling

SMALL = 1000
PAGES = ("/unit", "/unit/filings", "/unit/list", "/unit/uploads", "/unit/notices", "/unit/vehicles")


def invent(folder: str, entries: int) -> tuple[float, str]:
    """Seconds it took, and the manager of the largest unit."""
    settings = make_settings(Path(folder), f"sqlite:///{folder}/bench.db", "demo")
    configure_core(settings)
    database.connect()
    schema.upgrade()
    seed_constants()
    begun = time.perf_counter()
    plan = filling.fill(settings, entries, seed=1, today=clock.today())
    database.disconnect()
    return time.perf_counter() - begun, plan.units[0].email


def browse(folder: str, email: str) -> dict[str, Any]:
    """Milliseconds of processor time for each page, the highest memory of the process, and what it loaded."""
    app = create_app(make_settings(Path(folder), f"sqlite:///{folder}/bench.db", "demo"))
    browser = Browser(app.test_client())
    browser.sign_in(email, filling.PASSWORD)
    taken = {}
    for page in PAGES:
        answer = browser.open(page)
        if answer.status_code == 200:
            taken[page] = milliseconds(lambda page=page: browser.open(page), 15)  # type: ignore[misc]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"pages": taken, "memory": memory, "weasyprint": "weasyprint" in sys.modules}


def main(entries: int) -> None:
    context = multiprocessing.get_context("spawn")
    found = {}
    for size in (SMALL, entries):
        with tempfile.TemporaryDirectory() as folder:
            with ProcessPoolExecutor(1, context) as pool:
                taken, email = pool.submit(invent, folder, size).result()
            with ProcessPoolExecutor(1, context) as pool:
                found[size] = pool.submit(browse, folder, email).result()
        if size == entries:
            say(f"synth of {size:,}, entries a second", size / taken, "≥ 5000")
    small, large = found[SMALL], found[entries]
    for page, cost in large["pages"].items():
        if page in small["pages"]:
            ratio = cost / small["pages"][page]
            say(f"{page} ({cost:.1f} ms), {entries:,} against {SMALL:,}", ratio, "≤ 1.3")
    say("memory of a web process, the same", large["memory"] / small["memory"], "≤ 1.2")
    print(f"WeasyPrint loaded in a web process: {'yes' if large['weasyprint'] else 'no'}{'':>28} goal no")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
