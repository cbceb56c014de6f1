"""Figures of the documents beside their goals: ``python -m tests.bench.documents_bench``. Always exits 0.

The one-page pledge is compared, in this process and on this machine, with the same page as WeasyPrint makes it when
nothing is prepared: system Noto, a new font configuration each time.
"""

import io
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from weasyprint import CSS, HTML

from tests.bench.measuring import peak_megabytes
from tests.values.documents import samples
from webapp.documents.annex import write_annex
from webapp.documents.pdf import ClosedFetcher, pdf
from webapp.documents.render import TEMPLATES, page

LOCALE = "zh_Hant_MO"
ROUNDS = 9


def median_ms(work: Callable[[], object]) -> float:
    """Median of a few rounds in milliseconds, after one to warm up."""
    work()
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def as_it_comes(text: str) -> bytes:
    """The same page with the same rules, but the system's Noto and nothing shared or prepared."""
    style = (TEMPLATES / "documents" / "paper.css").read_text("utf-8")
    rules = "\n".join(line for line in style.splitlines() if not line.startswith("@font-face"))
    for ours, noto in (
        ("Passlist Song", "Noto Serif CJK HK"),
        ("Passlist Hei", "Noto Sans CJK HK"),
        ("Passlist Names", "Noto Sans CJK HK"),
        ("Passlist Plate", "Noto Sans CJK JP"),
    ):
        rules = rules.replace(ours, noto)
    fetcher = ClosedFetcher()
    html = HTML(string=text, base_url="about:blank", url_fetcher=fetcher)
    return html.write_pdf(stylesheets=[CSS(string=rules, url_fetcher=fetcher)])


def annex(count: int) -> None:
    """Write an annex of ``count`` rows here; print seconds, MB over one page here and in the largest child, and KB."""
    rows, output = samples.annex_rows(count), io.BytesIO()
    pdf(samples.personal_pledge(), locale=LOCALE)
    one_page = peak_megabytes()
    started = time.perf_counter()
    write_annex(samples.unit_pledge(count), rows, output, lambda *_step: None, locale=LOCALE, workers=2)
    seconds = time.perf_counter() - started
    peak = peak_megabytes()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{seconds:.2f} {peak - one_page} {child - one_page} {len(output.getvalue()) // 1024}")


def annex_figures(count: int) -> tuple[float, int, int, int]:
    """The same in a process of its own, so that one measurement does not colour the next."""
    command = [sys.executable, "-m", "tests.bench.documents_bench", str(count)]
    seconds, parent, child, size = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(parent), int(child), int(size)


def report(what: str, figure: str, goal: str) -> None:
    """One line of the table."""
    print(f"{what:<58} {figure:>22}   {goal}")


def main() -> None:
    """Print every figure beside its goal."""
    # Annexes first: the others swell this process, and its children would be charged with that.
    short_time, _memory, _child, _size = annex_figures(1_000)
    long_time, memory, child, size = annex_figures(10_000)
    pledge = samples.personal_pledge()
    text = page(pledge, locale=LOCALE, total_pages=None)
    ours = median_ms(lambda: pdf(pledge, locale=LOCALE))
    default = median_ms(lambda: as_it_comes(text))
    our_size, default_size = len(pdf(pledge, locale=LOCALE)), len(as_it_comes(text))
    report("pledge of one page", f"{ours:.0f} ms, {our_size / 1024:.0f} KB", "")
    report("the same as WeasyPrint comes", f"{default:.0f} ms, {default_size / 1024:.0f} KB", "")
    report("time, ours : as it comes", f"{ours / default:.2f}", "goal <= 0.5")
    report("size, ours : as it comes", f"{our_size / default_size:.2f}", "goal <= 0.35")
    report("annex of 1,000 rows, two processes", f"{short_time:.1f} s", "")
    report("annex of 10,000 rows, two processes", f"{long_time:.1f} s, {size} KB", "")
    report("time, 10,000 : 1,000 rows", f"{long_time / short_time:.1f}", "goal <= 10.5")
    report("memory over one page, joining process", f"{memory} MB", "goal <= 100 MB")
    report("memory over one page, each drawing process", f"{child} MB", "goal <= 100 MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        annex(int(sys.argv[1]))
    else:
        main()
