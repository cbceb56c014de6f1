"""Visitors of every kind, who send to any address whatever comes to mind, and pages' own forms with a few things wrong.

The second is what reaches far: all that a page asks for is there, its token and version right, and one to four of its
fields are drawn.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.builders import lanes, status
from tests.builders.questionnaire import let_open
from tests.structure.test_routes import World, _session_cookie, address, rules
from tests.web.fuzz.drawing import NASTY, Source
from webapp.domain.accounts import roles

STAFF = ("manager", "verifier", "stranger", *roles.PLATFORM_ROLES)
ACTORS = ("visitor", "filer", "drafter", "gate", *STAFF)
#: Ends the visit that asks.
LEAVING = ("staff.sign_out", "staff.session_end", "staff.switch_unit", "static")
_keys = itertools.count(1)


@dataclass
class Form:
    """A form as a page shows it: what may stand in each of its fields."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """The forms of a page that send something."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path, self._form, self._choice = path, None, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            here = said.get("method", "").lower() == "post"
            self._form = Form(urljoin(self._path, said.get("action") or self._path)) if here else None
            self.found += [self._form] if self._form else []
        if self._form is None:
            return
        if tag == "select":
            self._choice = said.get("name", "")
        if tag == "option":
            self._form.fields.setdefault(self._choice, []).append(said.get("value", ""))
        elif tag in ("input", "button", "textarea") and (name := said.get("name")):
            if said.get("type") == "file":
                self._form.files.add(name)
            else:
                self._form.fields.setdefault(name, []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


@dataclass
class Visitor:
    name: str
    client: FlaskClient
    headers: dict[str, str]
    forms: list[Form] = field(default_factory=list)


def arrived(app: Flask, world: World) -> list[Visitor]:
    """One visitor of each kind, each as far in as his kind gets."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions.pop("test-cookies", None)
    found = []
    for name in ACTORS:
        visitor = Visitor(name, app.test_client(), {})
        if name in STAFF:
            _session_cookie(app, visitor.client, world.mailboxes[name])
        elif name == "filer":
            visitor.client = status.proved(app.test_client(), world.waiting).client
        elif name == "drafter":
            let_open(visitor.client, world.values["filer.draft"])
        elif name == "gate":
            visitor.headers = {"Authorization": f"Bearer {lanes.client(per_minute=60_000)[1]}"}
        found.append(visitor)
    return found


class Crowd:
    """Visitors, and what they know of. Each of its streams yields (what was sent, status of the answer)."""

    def __init__(self, app: Flask, world: World, source: Source) -> None:
        self.app, self.world, self.source = app, world, source
        self.asked = [rule for rule in rules(app) if rule.endpoint not in LEAVING]
        self.addresses = {(rule.endpoint, rule.rule): address(app, rule, world) for rule in self.asked}
        self.pages = [self.addresses[rule.endpoint, rule.rule] for rule in self.asked if "GET" in (rule.methods or ())]
        self.visitors = arrived(app, world)
        self.known: dict[str, list[Form]] = {}

    def look_everywhere(self) -> None:
        """Every page as everybody, to know its forms."""
        for visitor in self.visitors:
            for path in self.pages:
                self._look(visitor, path)
        self.known = {visitor.name: list(visitor.forms) for visitor in self.visitors}

    def come_again(self) -> None:
        """After everything was put back."""
        self.visitors = arrived(self.app, self.world)
        for visitor in self.visitors:
            visitor.forms = list(self.known.get(visitor.name, ()))

    def _look(self, visitor: Visitor, path: str) -> int:
        answer = visitor.client.get(path, headers=visitor.headers)
        if answer.mimetype == "text/html":
            known = {(form.action, *form.fields) for form in visitor.forms}
            visitor.forms += [
                form
                for form in Forms(answer.text, path).found
                if (form.action, *form.fields) not in known
                and not form.action.split("?")[0].endswith(("/signout", "/sessions", "/switch"))
                and not urlsplit(form.action).netloc
            ]
        return answer.status_code

    def looked(self) -> Iterator[tuple[str, int]]:
        """Pages, some of them now showing what was sent."""
        while True:
            visitor, path = self.source.chance.choice(self.visitors), self.source.chance.choice(self.pages)
            yield f"{visitor.name} looks at {path}", self._look(visitor, path)

    def filled(self) -> Iterator[tuple[str, int]]:
        """Forms of pages, with one to four fields wrong."""
        chance = self.source.chance
        while True:
            visitor = chance.choice([visitor for visitor in self.visitors if visitor.forms])
            form = chance.choice(visitor.forms)
            fields: MultiDict[str, Any] = MultiDict()
            for name, offered in form.fields.items():
                fields.setlist(name, [chance.choice(offered)])
            fields["submission_key"] = f"fuzz-{next(_keys):09d}"
            for name in chance.choices(sorted(form.fields) or ["x"], k=chance.randrange(0, 5)):
                if name not in ("submission_key", "csrf_token"):
                    fields.setlist(name, [self.source.text() for _ in range(chance.choice((0, 1, 1, 1, 2)))])
            for name in form.files:
                if chance.random() < 0.7:
                    fields.add(name, (io.BytesIO(self.source.content()), "x.pdf"))
            sent = f"{visitor.name} fills {form.action} {dict(fields.lists())!r}"
            headers = {"HX-Request": "true"} if chance.random() < 0.2 else {}
            answer = visitor.client.post(form.action, data=fields, headers=headers)
            yield sent, answer.status_code
            if answer.status_code == 303:
                target = answer.headers["Location"]
                yield f"{visitor.name} follows {target} after {sent}", self._look(visitor, target)

    def anything(self) -> Iterator[tuple[str, int]]:
        """Any address, method and fields by anybody."""
        chance = self.source.chance
        while True:
            rule, visitor = chance.choice(self.asked), chance.choice(self.visitors)
            how = chance.choice(sorted((rule.methods or {"GET"}) - {"OPTIONS"}))
            path = self.addresses[rule.endpoint, rule.rule]
            if chance.random() < 0.2 and "?" not in path:
                path = path.rsplit("/", 1)[0] + "/" + chance.choice(NASTY).replace("?", "").replace("#", "")
            fields: MultiDict[str, Any] = self.source.fields()
            asks = how in ("GET", "HEAD") and "?" not in path
            more: dict[str, Any] = {"query_string": fields} if asks else {"data": fields}
            if not asks and chance.random() < 0.2:
                fields.add(chance.choice(self.source.names), (io.BytesIO(self.source.content()), "x.pdf"))
            elif not asks and chance.random() < 0.1:
                more = {"data": self.source.content(), "content_type": chance.choice(("application/json", "text/xml"))}
            headers = dict(visitor.headers)
            if chance.random() < 0.3:
                headers |= {
                    "HX-Request": "true",
                    "HX-Target": chance.choice(("rows", "x")),
                    "Accept-Language": "xx;q=zz",
                    "Range": "bytes=9-1",
                }
            sent = f"{visitor.name} {how} {rule.endpoint} {path[:80]!r} {list(fields.items(multi=True))!r}"
            try:
                answer = visitor.client.open(path, method=how, headers=headers, **more)
            except (UnicodeError, ValueError):
                continue  # the client of the tests will not write it
            yield sent, answer.status_code
