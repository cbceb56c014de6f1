"""Rules every template keeps."""

import re
from pathlib import Path

import pytest
from jinja2 import meta, nodes

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "documents" not in path.parts)
PAGES = [path for path in TEMPLATES if "{% extends" in path.read_text(encoding="utf-8")]
LAYOUTS = sorted((ROOT / "templates" / "layouts").glob("*.html"))
FORBIDDEN_NAMES = {"id", "action", "method", "name", "attributes", "submit"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|\bjs:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []


def _imported(page: nodes.Template) -> set[str]:
    names = [one for node in page.find_all(nodes.FromImport) for one in node.names]
    return {one[1] if isinstance(one, tuple) else one for one in names}


def test_no_macro_takes_a_name_that_the_layout_is_given(made_app):
    """What a page imports hides what the layout it extends is given under that name."""
    parsed = {name(path): made_app.jinja_env.parse(path.read_text(encoding="utf-8")) for path in PAGES + LAYOUTS}

    def given(page: nodes.Template) -> set[str]:
        layout = next(page.find_all(nodes.Extends), None)
        if layout is None or not isinstance(layout.template, nodes.Const):
            return set()
        above = parsed[layout.template.value]
        return (meta.find_undeclared_variables(above) - _imported(above)) | given(above)

    assert {one: taken for one, page in parsed.items() if (taken := _imported(page) & given(page))} == {}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_has_a_title(path):
    text = path.read_text(encoding="utf-8")

    assert "{% block title %}" in text or 'extends "layouts/error.html"' in text or "layouts" in path.parts


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_control_has_a_name_that_breaks_forms(path):
    names = re.findall(r"<(?:input|button|select|textarea)[^>]*\sname=\"([^\"{]+)\"", path.read_text(encoding="utf-8"))

    assert set(names) & FORBIDDEN_NAMES == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_form_posts_are_real_forms(path):
    forms = re.findall(r"<form\b[^>]*>", path.read_text(encoding="utf-8"))

    assert [form for form in forms if "method=" not in form and 'role="search"' not in form] == []


def test_every_part_is_used():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*") if path.is_file()]
    sources += [path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py")]
    everything = "\n".join(sources)
    # Notes of status codes and sentences of notices are named by their folder, parts by their full name.
    parts = [name(path) for path in TEMPLATES if path.name.startswith("_")]

    assert [part for part in parts if part not in everything] == []
