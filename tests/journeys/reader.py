"""Somebody whose browser has no script: reads pages as they are written, follows links and buttons by their words,
fills what a form asks for by the documented names of its fields."""

from __future__ import annotations

import io
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

Given = dict[str, Any]
FORM = "application/x-www-form-urlencoded"


@dataclass
class Page:
    address: str
    status: int
    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        self.tree: Element = html5lib.parse(self.content, namespaceHTMLElements=False) if self.is_html else Element("x")
        self._above = {child: parent for parent in self.tree.iter() for child in parent}

    @property
    def is_html(self) -> bool:
        return self.media_type == "text/html"

    @property
    def main(self) -> Element:
        return next(self.tree.iter("main"))

    @property
    def heading(self) -> str:
        return words(next(self.tree.iter("h1")))

    @property
    def text(self) -> str:
        return words(self.main)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Field and sentence of every line of the error summary."""
        summary = next((one for one in self.main.iter("div") if one.get("id") == "error-summary"), None)
        links = [] if summary is None else list(summary.iter("a"))
        return [(link.get("href", "").removeprefix("#"), words(link)) for link in links]

    def form_of(self, part: Element) -> Element | None:
        """The form a field or button belongs to."""
        named = part.get("form")
        if named:
            return next(form for form in self.tree.iter("form") if form.get("id") == named)
        while part is not None and part.tag != "form":
            part = self._above.get(part)  # type: ignore[assignment]
        return part

    def fields(self, form: Element) -> list[Element]:
        kinds = ("input", "select", "textarea")
        return [part for part in self.tree.iter() if part.tag in kinds and self.form_of(part) is form]


def words(part: Element) -> str:
    return " ".join("".join(part.itertext()).split())


def is_main(part: Element) -> bool:
    """Whether a button, or a link drawn as one, is the one that leads onward."""
    looks = part.get("class", "").split()
    return "hq-button" in looks and not {"hq-button-second", "hq-button-warning"} & set(looks)


class Reader:
    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page: Page
        self.downloaded: Page

    def open(self, path: str) -> Page:
        return self._ask(urllib.parse.urljoin(self.address, urllib.parse.quote(path, safe="/?&=%:#")))

    def _ask(self, target: str, body: bytes | None = None, media_type: str = FORM) -> Page:
        headers = {"Content-Type": media_type} if body is not None else {}
        request = urllib.request.Request(target, body, headers)  # noqa: S310 - our own server
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = Page(answer.url, answer.status, answer.headers.get_content_type(), answer.read())
        assert page.status < 500, page.address
        if page.is_html:
            self.page = page
        else:
            self.downloaded = page
        return page

    def follow(self, wanted: str) -> Page:
        """Open the link that begins with `wanted`, else one that contains it."""
        page = self.page
        links = sorted(page.tree.iter("a"), key=lambda one: not words(one).startswith(wanted))
        link = next((one for one in links if wanted in words(one)), None)
        assert link is not None, (page.address, wanted, page.text)
        return self.open(urllib.parse.urljoin(page.address, link.get("href", "")))

    def press(self, wanted: str, given: Given | None = None) -> Page:
        """Press the button whose words contain `wanted`, its form filled with what of `given` it asks for."""
        buttons = [one for one in self.page.main.iter("button") if wanted in words(one)]
        assert buttons, (self.page.address, wanted, self.page.text)
        return self._send(buttons[0], given or {})

    def onward(self, given: Given | None = None) -> Page:
        """The one thing that leads on: the main button with its form, else the link drawn as one."""
        parts = [part for part in self.page.main.iter() if part.tag in ("button", "a") and is_main(part)]
        assert parts, (self.page.address, self.page.text)
        if parts[0].tag == "a":
            return self.open(urllib.parse.urljoin(self.page.address, parts[0].get("href", "")))
        return self._send(parts[0], given or {})

    def until(self, heading: str, given: Given) -> Page:
        """Onward from page to page, answering what is asked, until the page with this heading."""
        for _ in range(14):
            if self.page.heading == heading:
                return self.page
            before = self.page.heading
            self.onward(given)
            assert self.page.status == 200, (before, self.page.errors)
        raise AssertionError(f"never came to {heading}, last at {self.page.heading}")

    def _send(self, button: Element, given: Given) -> Page:
        page = self.page
        form = page.form_of(button)
        assert form is not None, words(button)
        sent: list[tuple[str, Any]] = []
        for part in page.fields(form):
            sent += [(part.get("name", ""), value) for value in _filled(part, given)]
        if button.get("name"):
            sent.append((button.get("name", ""), button.get("value", "")))
        target = urllib.parse.urljoin(page.address, form.get("action") or page.address)
        if form.get("method", "get").lower() != "post":
            return self._ask(target.split("?")[0] + "?" + urllib.parse.urlencode(sent))
        if form.get("enctype") != "multipart/form-data":
            return self._ask(target, urllib.parse.urlencode(sent).encode())
        boundary, body = encode_multipart(_with_files(sent))
        return self._ask(target, body, f"multipart/form-data; boundary={boundary}")


def _filled(part: Element, given: Given) -> list[Any]:
    """What a field sends: as the page holds it, or as it was filled."""
    name, kind = part.get("name", ""), part.get("type", "")
    if not name or part.get("disabled") is not None:
        return []
    if kind in ("radio", "checkbox"):
        wanted = given.get(name)
        chosen = part.get("value") in (wanted if isinstance(wanted, list) else [wanted])
        return [part.get("value")] if chosen or (wanted is None and part.get("checked") is not None) else []
    if kind == "file":
        return [given[name]] if name in given else []
    if kind != "hidden" and name in given:
        return [given[name]]
    if part.tag == "select":
        options = [one.get("value", "") for one in part.iter("option") if one.get("selected") is not None]
        return options[:1] or [next((one.get("value", "") for one in part.iter("option")), "")]
    return [words(part) if part.tag == "textarea" else part.get("value", "")]


def _with_files(sent: list[tuple[str, Any]]) -> MultiDict[str, Any]:
    values: MultiDict[str, Any] = MultiDict()
    for name, value in sent:
        values.add(name, FileStorage(io.BytesIO(value), f"{name}.png") if isinstance(value, bytes) else value)
    return values


def first_in(page: Page, pattern: str) -> str:
    """The first text of the page that has this form."""
    found = re.search(pattern, page.text)
    assert found, (pattern, page.text)
    return found[0]
