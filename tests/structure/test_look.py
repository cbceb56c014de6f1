"""Rules of the look that a machine can hold."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "static/css/site.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "documents" not in path.parts and "notices" not in path.parts]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_page_has_inline_style_or_script(path):
    text = path.read_text()

    assert re.findall(r"<[^>]*\s(?:style|on[a-z]+)\s*=|<style|<script(?![^>]*\ssrc=)|hx-on|javascript:", text) == []


def test_script_of_ours_puts_text_in_as_text_and_keeps_nothing():
    """Neither markup from text, nor code from text, nor the browser's storage, other windows, merged objects or a
    hindered paste."""
    for path in sorted((ROOT / "static/js").glob("*.js")):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|setTimeout\(['\"]|localStorage"
            r"|sessionStorage|indexedDB|postMessage|__proto__|Object\.assign|document\.cookie|\"paste\"",
            path.read_text(),
        )
        assert found == [], path.name


def test_text_is_never_smaller_than_a_rem():
    sizes = [float(size) for size in re.findall(r"font-size: ([0-9.]+)rem", CSS)]

    assert [size for size in sizes if size < 1] == []
    assert len(sizes) > 20


def test_style_sheet_stands_alone():
    assert re.findall(r"@import|italic|url\((?!\"data:)", CSS) == []


def test_first_page_stays_light():
    parts = [ROOT / "static/css/site.css", ROOT / "static/js/site.js", ROOT / "static/img/mark.svg"]

    assert sum(len(gzip.compress(part.read_bytes(), 9)) for part in parts) < 13_000


@pytest.mark.parametrize("folder", ["static/js/vendor", "tests/journeys/vendor"])
def test_files_of_others_are_those_on_record(folder):
    files = sorted((ROOT / folder).glob("*.js"))
    readme = (ROOT / folder / "README.md").read_text()

    sums = {file.name: base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode() for file in files}
    assert sorted(re.findall(r"sha384-([A-Za-z0-9+/=]+)", readme)) == sorted(sums.values())
    assert [name for name in sums if name not in readme] == []


def test_documents_as_pages_keep_the_look_of_their_paper():
    paper = (ROOT / "templates/documents/paper.css").read_text()
    of_annexes = re.compile(r"hq-annex|hq-list-title|hq-page")
    parts = (path.read_text() for path in (ROOT / "templates/documents").glob("_*.html"))
    used = {name for part in parts for names in re.findall(r'class="([^"]*)"', part) for name in names.split()}

    drawn = {name for name in used if name.startswith("hq-") and f".{name}" in paper and not of_annexes.match(name)}
    assert {"hq-listed", "hq-signed", "hq-reminder"} <= drawn
    assert [name for name in sorted(drawn) if not re.search(rf"\.{name}\b", CSS)] == []
