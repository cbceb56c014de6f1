"""Every act has a word in the record."""

import importlib
import pkgutil

import webapp
from webapp.domain.audit.acts import ACTIONS
from webapp.ui.deeds import DEEDS
from webapp.ui.requests import OPEN


def test_every_act_has_a_word():
    for module in pkgutil.walk_packages(webapp.__path__, "webapp."):
        importlib.import_module(module.name)

    verbs = {verb for verb, perform in ACTIONS.items() if perform.__wrapped__.__module__.startswith("webapp.")}
    # Besides the acts of the domain: what the guard keeps when a role does not open a page.
    assert sorted({*verbs, OPEN}) == sorted(DEEDS)
