"""Journeys in Debian's Chromium, against the system as it runs in life, on copies of the demo's world."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests import postgres
from tests.journeys import running
from tests.journeys.inspecting import Inspector
from tests.journeys.running import Running

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
    "locale": "zh-HK",
    "timezone_id": "Asia/Macau",
}
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-HK", "timezone_id": "Asia/Macau"}
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "locale": "zh-HK", "timezone_id": "Asia/Macau"}
DEVICES: dict[str, dict[str, Any]] = {"phone": PHONE, "desktop": DESKTOP, "tablet": TABLET}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
#: Milliseconds a page may take; machines that test are busy.
SLOWEST = 20_000

Visit = Callable[..., Page]
#: Files of long journeys, begun before all others: at the end one of them would leave the other processor idle.
FIRST = ("test_kill", "test_hosts", "test_two_hundred", "test_killed_acts", "test_accessibility",
         "test_accessibility_staff", "test_faults",
         "test_slow_database", "test_removals")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(FIRST)))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing = "no Chromium: on Debian, apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=SLOWEST)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's world on the embedded database, made once; journeys work on copies."""
    folder = tmp_path_factory.mktemp("seeded") / "data"
    folder.mkdir()
    return running.seeded(folder, f"sqlite:///{folder / 'passlist.db'}")


@pytest.fixture(scope="module")
def system(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on a copy of the world, for the journeys of one file."""
    running_system = Running(running.copied(world, tmp_path_factory.mktemp("journeys")))
    yield running_system
    running_system.stop()


@pytest.fixture(scope="module")
def working_system(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Server and worker on a copy of the world: what is owed gets done."""
    running_system = Running(running.copied(world, tmp_path_factory.mktemp("journeys")), worker=True)
    yield running_system
    running_system.stop()


@pytest.fixture
def postgres_system(tmp_path: Path) -> Iterator[Running]:
    """Server and worker on PostgreSQL."""
    with postgres.server() as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        folder = tmp_path / "data"
        folder.mkdir()
        running.seeded(folder, f"{url}/passlist")
        running_system = Running(folder, f"{url}/passlist", worker=True)
        yield running_system
        running_system.stop()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """visit(address, device="phone", script=True) → a page in a browser of its own.

    The test fails when any page of it broke the content-security policy, raised in a script, was answered with 500,
    or asked another host for anything.
    """
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            wrong.append(f"{message.location.get('url')}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            wrong.append(f"{response.url}: {response.status}")

    def begin(address: str, device: str = "phone", *, script: bool = True, **more: Any) -> Page:
        context = chromium.new_context(base_url=address, java_script_enabled=script, **(DEVICES[device] | more))
        context.set_default_timeout(SLOWEST)
        context.on("console", said)
        context.on("weberror", lambda error: wrong.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("response", answered)
        context.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:", "blob:")) else wrong.append(f"asked {request.url}")
            ),
        )
        opened.append(context)
        return context.new_page()

    yield begin
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def inspector(system: Running, visit: Visit) -> Callable[..., Inspector]:
    """inspector(device) looks at pages of the system."""
    return lambda device="phone": Inspector(visit(system.address, device))
