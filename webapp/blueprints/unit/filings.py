"""The verification list: filters in the address, search while typing, pages."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.filings import flags, lists
from webapp.domain.filings.lists import Filter, Page, Place
from webapp.domain.filings.searching import Search
from webapp.domain.registry.whole_words import ANYWHERE
from webapp.domain.units import rules
from webapp.ui import bar, forms, guards, htmx
from webapp.ui.words import gettext as _

#: Part of the page that a search replaces.
LIST = "list"


@blueprint.get("/unit/filings")
@guards.unit("filings:read")
def filings() -> Response:
    if tail := Search(request.args.get("q", "")).shortened(g.staff.unit.id):
        return redirect(url_for("unit.filings", **{**request.args, "q": tail}), code=303)  # type: ignore[arg-type]
    if htmx.is_fragment(LIST):
        return htmx.hx_response(render_template("unit/filings/_list.html", spoken=True, **context(request.args)))
    return htmx.hx_response(render_template("unit/filings/list.html", **context(request.args)))


def read_filter(args: MultiDict[str, str]) -> Filter:
    return Filter.read(args.get("state", ""), args.get("q", ""), args.get("flag", ""))


def viewer() -> flags.Viewer:
    return flags.viewer(g.staff.unit.id, g.staff.account_id)


def context(args: MultiDict[str, str]) -> dict[str, Any]:
    """What the list shows for the filter and place of an address or form."""
    wanted = read_filter(args)
    after, before = Place.read(args.get("after", "")), Place.read(args.get("before", ""))
    who = viewer()
    page = lists.page(g.staff.unit, wanted, who, after=after, before=before)
    if not (wanted.q or wanted.flag):
        bar.know_filings(page.counts)
    return {
        "wanted": wanted,
        "page": page,
        "chips": chips(wanted, page.counts),
        "minded": _minded(wanted, on_roster=who.roster is not None),
        "here_args": here(wanted, args),
        "pager_urls": _pager(wanted, page),
        "wider_url": url_for("unit.filings", **_address(wanted, q=ANYWHERE + wanted.q)) if page.whole else "",
        "form": None,
        "bulk_form": forms.Form(formdata=None),
        "unit": g.staff.unit,
    }


def here(wanted: Filter, args: MultiDict[str, str]) -> dict[str, Any]:
    """The address of this page of the list, as arguments: acts lead back to it."""
    places = {name: args.get(name, "") for name in ("after", "before") if Place.read(args.get(name, ""))}
    return _address(wanted) | places


def _address(wanted: Filter, **changes: str) -> dict[str, Any]:
    values = {"state": wanted.state, "q": wanted.q, "flag": wanted.flag} | changes
    return {name: value for name, value in values.items() if value and (name, value) != ("state", lists.WAITING)}


def chips(wanted: Filter, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        lists.WAITING: _("待驗核%(n)s", n=counts[lists.WAITING]),
        lists.RETURNED: _("已退回%(n)s", n=counts[lists.RETURNED]),
        lists.VERIFIED: _("已驗核%(n)s", n=counts[lists.VERIFIED]),
        lists.OWNER: _("等待車主%(n)s", n=counts[lists.OWNER]),
        # Of a search that looked at what is in motion alone, nobody knows.
        lists.ALL: _("全部%(n)s", n=counts.get(lists.ALL, "")),
    }
    return [
        {
            "label": words[state],
            "url": url_for("unit.filings", **_address(wanted, state=state)),
            "current": state == wanted.state,
        }
        for state in lists.CHIPS
    ]


def _minded(wanted: Filter, *, on_roster: bool) -> list[dict[str, Any]]:
    """Filters by what is to be minded, those that can occur in a unit of this class."""
    words = {
        "": _("不限"),
        "warned": _("申報人確認過提示"),
        "unregistered": _("車輛不在登記冊"),
        "no_vehicle": _("未指派車輛"),
        "fell_out": _("上次上傳沒有列入"),
        "unreached": _("通知未能送達"),
    }
    if on_roster:
        words |= {
            "roster_exact": _("與名冊相符"),
            "roster_likely": _("與名冊相近"),
            "roster_none": _("名冊內沒有"),
        }
    if not rules.has_unit_vehicles(g.staff.unit.unit_class):
        del words["unregistered"], words["no_vehicle"]
    return [
        {
            "label": label,
            "url": url_for("unit.filings", **_address(wanted, flag=flag)),
            "current": flag == wanted.flag,
        }
        for flag, label in words.items()
    ]


def _pager(wanted: Filter, page: Page) -> dict[str, str]:
    def to(**places: object) -> str:
        return url_for("unit.filings", **_address(wanted, **{name: str(place) for name, place in places.items()}))

    return {
        "first_url": to() if page.previous else "",
        "previous_url": to(before=page.previous) if page.previous else "",
        "next_url": to(after=page.next) if page.next else "",
    }
