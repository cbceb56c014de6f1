"""Every figure beside its goal: `make bench`, or `python -m tests.bench [name …]`. Always exits 0.

Each module measures in a process of its own; ratios within one run. BENCH_ENTRIES (20,000) is the size of the large
list, BENCH_ENTRIES=1000000 the whole.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "20000"))
#: name → arguments of the module `tests.bench.<name>_bench`.
MODULES: dict[str, list[str]] = {
    "first": [],
    "scale": [str(ENTRIES)],
    "streams": [str(ENTRIES)],
    "lists": [str(min(ENTRIES, 10_000))],
    "uploads": ["10000"],
    "writers": ["60", "32"],
    "lanes": [],
    "audit": [],
    "lane_load": [],
    "peers": [],
    "documents": [],
    "sanctions": [str(min(ENTRIES, 200_000)), "1000"],
}


def main(names: list[str]) -> None:
    for name in names or MODULES:
        print(f"\n== {name}", flush=True)
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", f"tests.bench.{name}_bench", *MODULES[name]], check=False)
        said = "" if done.returncode == 0 else f", ended with {done.returncode}: not measured"
        print(f"   ({time.perf_counter() - begun:.0f} s{said})", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
