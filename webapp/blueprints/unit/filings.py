"""The verification list: filters in the address, search while typing, pages."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.filings import filters, flags, lists
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.lists import Page
from webapp.domain.filings.searching import Search
from webapp.domain.registry.looking import Place
from webapp.domain.registry.whole_words import ANYWHERE, typed
from webapp.domain.units import rules
from webapp.ui import bar, forms, guards, htmx, looking
from webapp.ui.words import gettext as _


@blueprint.get("/unit/filings")
@guards.unit("filings:read")
def filings() -> Response:
    if tail := Search(request.args.get("q", "")).shortened(g.staff.unit.id):
        return redirect(url_for("unit.filings", **{**request.args, "q": tail}), code=303)  # type: ignore[arg-type]
    folder = "unit/filings"
    template = htmx.template(f"{folder}/list.html", list=f"{folder}/_list.html", look=f"{folder}/_look.html")
    return htmx.hx_response(render_template(template, spoken=htmx.is_fragment("list"), **context(request.args)))


def read_filter(args: MultiDict[str, str]) -> Filter:
    return Filter.read(args.get("state", ""), args.get("q", ""), args.get("flag", ""))


def viewer() -> flags.Viewer:
    return flags.viewer(g.staff.unit.id, g.staff.account_id)


def context(args: MultiDict[str, str]) -> dict[str, Any]:
    """What the list shows for the filter and place of an address or form."""
    wanted = read_filter(args)
    asked, who = looking.Request.read(args, lists.PAGE), viewer()
    before = Place.read(args.get("before", ""))
    page = lists.page(g.staff.unit, wanted, who, after=asked.place, before=before, limit=asked.left)
    if not (wanted.q or wanted.flag):
        bar.know_filings(page.counts)
    return {
        "wanted": wanted,
        "typed": typed(wanted.q),
        "page": page,
        "chips": chips(wanted, page.counts),
        "minded": _minded(wanted, on_roster=who.roster is not None),
        "here_args": here(wanted, args),
        "pager_urls": _pager(wanted, page),
        "line": asked.line(page, partial(_url, wanted)),
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
    return {name: value for name, value in values.items() if value and (name, value) != ("state", filters.WAITING)}


def chips(wanted: Filter, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        # Of what a search did not look at, nobody knows how many.
        filters.WAITING: _("待驗核%(n)s", n=counts.get(filters.WAITING, "")),
        filters.RETURNED: _("已退回%(n)s", n=counts.get(filters.RETURNED, "")),
        filters.VERIFIED: _("已驗核%(n)s", n=counts.get(filters.VERIFIED, "")),
        filters.OWNER: _("等待車主%(n)s", n=counts.get(filters.OWNER, "")),
        filters.ALL: _("全部%(n)s", n=counts.get(filters.ALL, "")),
    }
    return [
        {
            "label": words[state],
            "url": url_for("unit.filings", **_address(wanted, state=state)),
            "current": state == wanted.state,
        }
        for state in filters.CHIPS
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
    return {
        "first_url": _url(wanted) if page.previous else "",
        "previous_url": _url(wanted, before=page.previous) if page.previous else "",
        "next_url": _url(wanted, after=page.next) if page.next else "",
    }


def _url(wanted: Filter, **places: object) -> str:
    return url_for("unit.filings", **_address(wanted, **{name: str(place) for name, place in places.items()}))
