"""Rules the code keeps."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "webapp").rglob("*.py"))
HOMELESS = {"utils", "helpers", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_nothing_is_called_after_being_useful():
    assert [name(path) for path in MODULES if HOMELESS & set(path.with_suffix("").parts)] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a working copy")
def test_nothing_of_this_machine_is_in_the_repository():
    """An environment, data or caches that somebody added would overwrite those of whoever takes the change."""
    listing = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    kept = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)

    assert kept.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_time_is_read_from_the_clock_only(path):
    if path.name == "clock.py":
        return
    calls = re.findall(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(", path.read_text(encoding="utf-8"))

    assert calls == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert not tree.body or ast.get_docstring(tree), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", [p for p in MODULES if "domain" in p.parts], ids=name)
def test_domain_knows_no_flask_and_no_sentence(path):
    text = path.read_text(encoding="utf-8")
    outsiders = r"^\s*(?:from|import) (?:flask|werkzeug|wtforms|jinja2|webapp\.ui|webapp\.blueprints)"

    assert re.findall(outsiders, text, re.M) == []
    assert "gettext" not in text


def test_words_are_asked_of_the_one_module_that_remembers_their_catalogue():
    asked = r"^from flask_babel import [^\n]*\b(?:\w*gettext|get_translations|force_locale|refresh)\b"
    asking = {name(path) for path in MODULES if re.search(asked, path.read_text(encoding="utf-8"), re.M)}

    assert asking == {"webapp/ui/words.py"}


@pytest.mark.parametrize("path", [p for p in MODULES if "blueprints" in p.parts], ids=name)
def test_blueprints_never_touch_models(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\bmodels\b", text) == []


@pytest.mark.parametrize("path", [p for p in MODULES if "blueprints" in p.parts], ids=name)
def test_views_ask_whether_it_is_a_post(path):
    """HEAD is no GET and carries no token: what is not a POST only reads."""
    assert 'request.method == "GET"' not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in MODULES if {"blueprints", "ui"} & set(p.parts)], ids=name)
def test_a_parameter_is_read_from_the_one_place_it_belongs(path):
    """What a form sends is not overruled by a parameter of the same name in its address, nor the other way round."""
    assert re.findall(r"request\.values|CombinedMultiDict", path.read_text(encoding="utf-8")) == []
