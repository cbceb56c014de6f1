"""Every finding of the checks has a sentence that says what to do, with exactly the parameters the finding carries."""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import webapp
from webapp.domain.lanes import contract
from webapp.errors import Fault
from webapp.ui import sentences
from webapp.ui.sentences import SENTENCES, filings, values
from webapp.values.findings import CODES

WEBAPP = Path(webapp.__file__).parent
REFUSALS = ("Conflict", "Invalid", "NotFound", "NotAllowed", "TooMany")


def parameters(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_every_finding_has_a_sentence():
    assert sorted(set(CODES) - set(values.SENTENCES)) == []


@pytest.mark.parametrize("key", values.SENTENCES)
def test_sentence_asks_for_no_parameter_its_finding_lacks(app_context, key):
    code = key.rpartition(":")[2]

    assert parameters(str(values.SENTENCES[key])) <= set(re.findall(r"\{(\w+)\}", CODES[code]))


@pytest.mark.parametrize("key", [*values.SENTENCES, *filings.SENTENCES])
def test_sentence_stands_in_the_one_table(app_context, key):
    assert str(SENTENCES[key])


@pytest.fixture(scope="module")
def app_context():
    from flask import Flask
    from flask_babel import Babel

    app = Flask("sentences")
    Babel(app, default_locale="zh_Hant_MO")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("seconds", "said"), [(1, "1秒"), (120, "120秒"), (121, "3分鐘"), (712, "12分鐘")])
def test_a_long_wait_is_said_in_minutes_never_too_short(app_context, seconds, said):
    assert sentences.of(Fault("", "too_many", {"seconds": seconds})) == f"嘗試次數太多，請在{said}後再試。"


def test_no_two_modules_word_the_same_key():
    modules = [
        importlib.import_module(f"{sentences.__name__}.{one.name}") for one in pkgutil.iter_modules(sentences.__path__)
    ]
    keys = [key for module in modules for key in module.SENTENCES]

    assert sorted(key for key, times in Counter(keys).items() if times > 1) == []
    # And none is forgotten in the one table.
    assert set(keys) == set(SENTENCES)


def test_every_refusal_has_a_sentence():
    """A refusal nobody worded would be answered by the sentence that says nothing. Machines are told the code."""
    silent = [
        f"{path.relative_to(WEBAPP)}:{line} {key}"
        for path, line, key, code in refusals()
        if not {key, code} & set(SENTENCES) and not (_to_machines(path) and code in contract.ERRORS)
    ]

    assert silent == []


def _to_machines(path: Path) -> bool:
    """Whether what refuses here answers gates, or is one."""
    place = path.relative_to(WEBAPP).as_posix()
    return "lane" in place or place.startswith("cli/gate/")


def refusals() -> list[tuple[Path, int, str, str]]:
    """Every refusal and fault the code raises with its code in plain sight: file, line, "field:code", code."""
    found = []
    for path in sorted(WEBAPP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            plain = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            named = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
            if node.func.id in REFUSALS and plain and plain[0]:
                found.append((path, node.lineno, f"{named.get('field')}:{plain[0]}", str(plain[0])))
            elif node.func.id == "Fault" and len(plain) > 1 and plain[1]:
                found.append((path, node.lineno, f"{plain[0]}:{plain[1]}", str(plain[1])))
    assert len(found) > 100
    return found
