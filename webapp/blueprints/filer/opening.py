"""Opening a draft by the secret in its cookie, and what stands in the way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.documents.fonts import missing_characters
from webapp.domain.filings import answering, changing, checks, drafts, helping, items
from webapp.domain.filings import queries as filings
from webapp.domain.filings.answering import Answers
from webapp.domain.pledges import policy as policies
from webapp.errors import Fault
from webapp.ui import cookies, guards

COOKIE = "draft"
Answer = Any


@dataclass
class Opened:
    """A draft under way, with its unit, its answers and the policy it is asked by."""

    draft: Any
    unit: Any
    answers: Answers
    policy: policies.Policy
    helped: Any = None  # the help of a draft that is typed at a counter

    @property
    def ref(self) -> str:
        return self.draft.ref

    def save(self, answers: Answers) -> None:
        self.answers = answers
        drafts.save(self.draft, answers)

    def faults(self, page: str) -> list[Fault]:
        """Everything wrong or unusual on one page."""
        return checks.check_page(page, self.answers, self.policy, self.unit, clock.today(), missing_characters)

    @property
    def pages(self) -> list[str]:
        """The pages this draft shows, in their order."""
        return checks.asked(self.answers)

    @property
    def no_longer_open(self) -> bool:
        """Whether what he said he is to the unit, today or in a filing of before, is not open by now."""
        relation = answering.page_of(self.answers, items.BELONGING).get("unit_relation", "")
        return bool(relation) and relation not in checks.relations_open(self.answers, self.policy, self.unit.unit_class)

    def open_pages(self) -> dict[str, list[Fault]]:
        """Page → what still stops the person there."""
        found = checks.check_all(self.answers, self.policy, self.unit, clock.today(), missing_characters)
        return changing.stopping(self.draft, self.answers, found, self.unit) if self.draft.begun_from else found


def with_draft(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Give the view the opened draft instead of its ref; answer for it when there is none, or nothing more to fill."""

    @functools.wraps(view)
    def open_first(ref: str, **values: Any) -> Answer:
        draft, helped = found(ref)
        if draft is None:
            return lost()
        g.helped = helped
        g.preferred_locale = draft.language
        if draft.submission_ref:
            return redirect(url_for("filer.receipt", ref=ref), 303)
        unit, answers = drafts.unit_of(draft), drafts.answers_of(draft)
        if not (drafts.may_go_on(draft) or changing.is_at_once(draft, answers)):
            page = render_template("filer/draft/unit_closed.html", unit=unit, until=draft.expires_at)
            return make_response(page, 409)
        if changing.is_over(draft, answers):
            return make_response(render_template("filer/change/over.html", home=_home(draft)), 409)
        return view(Opened(draft, unit, answers, policies.current(), helped), **values)

    return open_first


def found(ref: str) -> tuple[Any, Any]:
    """The draft that this browser may open, and the help it is typed with: by the secret in its cookie, or, where it is
    typed at a counter, by the session of the unit's staff alone."""
    helped = helping.of_draft(ref)
    if helped is None:
        return drafts.opened(ref, cookies.given(COOKIE, _thing(ref))), None
    if not guards.may(guards.UNIT, "counter:help") or g.staff.unit.id != helped.unit_id:
        return None, None
    return helping.opened(ref, helped.unit_id), helped


def _home(draft: Any) -> str:
    """The status page on which a draft was begun."""
    return url_for("filer.status", token=filings.status_token(changing.origin(draft)))


def lost() -> Response:
    """One page for a lost cookie, somebody else's draft, one that is gone and one that never was."""
    return make_response(render_template("filer/draft/lost.html", days=drafts.LIFE.days), 404)


def give_cookie(response: Response, draft: Any) -> Response:
    """Let this browser open this draft, and no other."""
    seconds = int(drafts.LIFE.total_seconds())
    cookies.give(response, COOKIE, _thing(draft.ref), drafts.cookie(draft), seconds=seconds)
    return response


def _thing(ref: str) -> str:
    return url_for("filer.draft_home", ref=ref)
