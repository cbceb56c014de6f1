"""References stay in one piece where texts are shown."""

import pytest
from markupsafe import Markup

from webapp.ui.presenters import references
from webapp.ui.words import lazy_gettext

WHOLE = '<span class="hq-ref">HQ-7K2F-93QD</span>'


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("HQ-7K2F-93QD", WHOLE),
        ("個案CA-7K2F-93QD，編號HQ-7K2F-93QD。", f'個案<span class="hq-ref">CA-7K2F-93QD</span>，編號{WHOLE}。'),
        ("DEMQ-0001", '<span class="hq-ref">DEMQ-0001</span>'),
        ("<b>HQ-7K2F-93QD", f"&lt;b&gt;{WHOLE}"),
        (Markup('<a href="/HQ-7K2F-93QD">HQ-7K2F-93QD</a>'), f'<a href="/HQ-7K2F-93QD">{WHOLE}</a>'),
        (Markup(WHOLE), WHOLE),  # noqa: S704 - ours
        (lazy_gettext("例如HQ-7K2F-93QD"), f"例如{WHOLE}"),
        ("2026-11-24", "2026-11-24"),
        (Markup("甲"), "甲"),
        (7, 7),
        (None, None),
    ],
)
def test_a_reference_is_never_broken_and_nothing_else_changes(app, given, shown):
    with app.test_request_context(headers={"Accept-Language": "zh-HK"}):
        found = references(given)

    assert found == shown
