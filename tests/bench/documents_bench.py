"""Figures of the documents beside their goals: ``python -m tests.bench.documents_bench``. Always exits 0.

The one-page pledge is compared, in this process and on this machine, with the same page as WeasyPrint makes it when
nothing is prepared: system Noto, a new font configuration each time.
"""

import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
from weasyprint import CSS, HTML

from tests.bench.measuring import peak_megabytes
from tests.values.documents import samples
from webapp import document_seals
from webapp.documents import sealing
from webapp.documents.annex import write_annex
from webapp.documents.pdf import ClosedFetcher, pdf
from webapp.documents.render import TEMPLATES, page

LOCALE = "zh_Hant_MO"
ADDRESS = "https://passlist.example/genuine/ABCDEFGHJKMN"
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
    tagged = tagged_rows(output.getvalue())
    print(f"{seconds:.2f} {peak - one_page} {child - one_page} {len(output.getvalue()) // 1024} {tagged}")


def annex_figures(count: int) -> tuple[float, int, int, int, int]:
    """The same in a process of its own, so that one measurement does not colour the next."""
    command = [sys.executable, "-m", "tests.bench.documents_bench", str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, (parent, child, size, tagged) = float(told[0]), map(int, told[1:])
    return seconds, parent, child, size, tagged


def reportlab_seconds(count: int) -> float:
    command = [sys.executable, "-m", "tests.bench.documents_bench", str(count), "reportlab"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def reportlab_annex(count: int) -> None:
    """The same rows by reportlab, tables of a fixed height, forty rows a page, the same type: seconds and pages. It has
    no font behind the font, no tags and no structure."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import PageBreak, SimpleDocTemplate, Table

    rows = samples.annex_rows(count)
    started = time.perf_counter()
    pdfmetrics.registerFont(TTFont("Song", "static/fonts/passlist-song-regular.ttf"))
    heads = ("", "姓名", "證件", "車牌", "用途", "駕駛人", "核驗日期")
    style = [("FONT", (0, 0), (-1, -1), "Song", 9), ("GRID", (0, 0), (-1, -1), 0.3, "black")]
    story: list[object] = []
    for first in range(0, count, 40):
        lines = [
            (
                str(number),
                row.name,
                f"{row.id_type} {row.number}",
                " ".join(row.plates),
                row.use,
                row.role,
                row.verified_on,
            )
            for number, row in enumerate(rows[first : first + 40], start=first + 1)
        ]
        widths = [width * mm for width in (10, 52, 32, 42, 12, 16, 22)]
        story += [Table([heads, *lines], widths, 6.2 * mm, style=style, repeatRows=1), PageBreak()]
    SimpleDocTemplate(io.BytesIO(), pagesize=A4, topMargin=15 * mm, bottomMargin=15 * mm).build(story)
    print(f"{time.perf_counter() - started:.2f}")


def tagged_rows(content: bytes) -> int:
    """Rows of tables in the structure tree."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return sum(
            1 for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == pikepdf.Name.TR
        )


def report(what: str, figure: str, goal: str) -> None:
    """One line of the table."""
    print(f"{what:<58} {figure:>22}   {goal}")


def main() -> None:
    """Print every figure beside its goal."""
    # Annexes first: the others swell this process, and its children would be charged with that.
    short_time, *_ = annex_figures(1_000)
    long_time, memory, child, size, tagged = annex_figures(10_000)
    peer = reportlab_seconds(10_000)
    pledge = samples.personal_pledge()
    text = page(pledge, locale=LOCALE, total_pages=None)
    ours = median_ms(lambda: pdf(pledge, locale=LOCALE))
    default = median_ms(lambda: as_it_comes(text))
    with tempfile.TemporaryDirectory() as folder:
        own = document_seals.make_local(Path(folder))
        seal = document_seals.read(own, own)
    drawing, more = [], []
    for _round in range(ROUNDS):  # in turn, so that what else the machine does falls on both
        started = time.perf_counter()
        content = pdf(pledge, locale=LOCALE)
        drawn = time.perf_counter()
        sealing.seal(content, seal, address=ADDRESS)
        drawing.append(drawn - started)
        more.append(time.perf_counter() - drawn)
    seal_time = statistics.median(more)
    ratio = statistics.median((one + other) / one for one, other in zip(drawing, more, strict=True))
    our_size, default_size = len(pdf(pledge, locale=LOCALE)), len(as_it_comes(text))
    report("pledge of one page", f"{ours:.0f} ms, {our_size / 1024:.0f} KB", "")
    report("the same as WeasyPrint comes", f"{default:.0f} ms, {default_size / 1024:.0f} KB", "")
    report("time, ours : as it comes", f"{ours / default:.2f}", "goal <= 0.5")
    report("size, ours : as it comes", f"{our_size / default_size:.2f}", "goal <= 0.35")
    report("its seal", f"{1000 * seal_time:.0f} ms", "")
    report("time, sealed : unsealed", f"{ratio:.2f}", "goal <= 1.5")
    report("annex of 1,000 rows, two processes", f"{short_time:.1f} s", "")
    report("annex of 10,000 rows, two processes", f"{long_time:.1f} s, {size} KB", "")
    report("time, 10,000 : 1,000 rows", f"{long_time / short_time:.1f}", "goal <= 10.5")
    report("the same content by reportlab, one process", f"{peer:.1f} s", "")
    report("time, ours : reportlab", f"{long_time / peer:.1f}", "goal <= 12, stretch 6")
    report("rows in the structure tree, of 10,000 and heads", f"{tagged:,}", "goal all")
    report("memory over one page, joining process", f"{memory} MB", "goal <= 100 MB")
    report("memory over one page, each drawing process", f"{child} MB", "goal <= 100 MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        (reportlab_annex if "reportlab" in sys.argv else annex)(int(sys.argv[1]))
    else:
        main()
