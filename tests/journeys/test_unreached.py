"""A number that takes no message: the unit sees who cannot be reached, at its desk, with and without script, and no
longer once a message arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders.filings import Filed, filed
from tests.builders.gateway import Gateway
from tests.builders.units import PASSWORD, certified_unit, credit_code
from tests.builders.uploads import uploaded, verified
from tests.journeys import plain, running, screens
from tests.journeys.running import Running
from tests.journeys.screens import follow, open_page, press

MAILBOX = "silent@unit.example"
LOST = re.compile("^通知未能送達")


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Gateway, Filed]]:
    """Somebody is listed while the gateway says that his number is none."""
    texts = Gateway()
    folder = running.copied(world, tmp_path_factory.mktemp("unreached"))
    with running.inside(folder):
        unit = certified_unit(email=MAILBOX, registration_number=credit_code("91440400ME"))
        sent = filed(unit)
        uploaded(unit, verified(unit, sent))
    texts.nobody.add(sent.answers["phone_proof"]["phone"])
    system = Running(folder, worker=True, SMS_URL=texts.url)
    yield system.address, texts, sent
    system.stop()
    texts.stop()


def test_who_cannot_be_reached_is_shown_until_he_is(scene, visit):
    address, texts, sent = scene
    name = sent.answers["person"]["full_name"]
    texts.wait_for(1, plain.PATIENCE)
    for script in (True, False):
        desk = screens.sign_in(visit(address, "desktop", script=script), MAILBOX, PASSWORD)
        for _ in range(40):
            desk.goto("/unit/list")
            if desk.get_by_role("link", name=LOST).count():
                break
            desk.wait_for_timeout(500)
        desk.get_by_role("link", name=LOST).first.click()
        expect(desk.get_by_role("link", name=name, exact=True)).to_be_visible()

    person = open_page(visit(address), sent)
    # The page says all that the text would have said.
    expect(person.locator(".hq-answer-words")).to_have_text("在名單內")
    texts.nobody.clear()
    follow(person, "要求移出名單")
    screens.prove_phone(person)
    person.get_by_text("請單位移出", exact=True).click()
    press(person, "要求移出")
    for _ in range(40):
        desk.goto("/unit/list?state=unreached")
        if not desk.get_by_role("link", name=name, exact=True).count():
            break
        desk.wait_for_timeout(500)
    expect(desk.get_by_role("link", name=name, exact=True)).to_have_count(0)
