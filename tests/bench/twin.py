"""The lane check and the verification list once more, on Django over the same tables: the peer's column of the figures.

As somebody would write them there: models and template of Django, its middleware for sessions, security and CSRF, the
answer recorded in a file, cards opened by our own `cards`. The list shows what our rows show; it knows no roster,
no flags and no count of notices, which speaks for Django.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.urls import path

from webapp import clock
from webapp.columns import from_micros
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import unsealed
from webapp.values import plates

PAGE = 20
_PLACE = "django.contrib.{}".format
TEMPLATE = Path(__file__).with_name("twin.html")


def configure(database: Path) -> None:
    middleware = ("security.SecurityMiddleware", "common.CommonMiddleware", "csrf.CsrfViewMiddleware")
    settings.configure(
        SECRET_KEY="twin",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database), "CONN_MAX_AGE": None}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        MIDDLEWARE=[
            *(f"django.middleware.{name}" for name in middleware),
            _PLACE("sessions.middleware.SessionMiddleware"),
        ],
        SESSION_ENGINE=_PLACE("sessions.backends.signed_cookies"),
        INSTALLED_APPS=[_PLACE("sessions")],
        USE_TZ=True,
        TIME_ZONE="Asia/Macau",
    )
    django.setup()


def application(database: Path, journal: Path) -> WSGIHandler:
    """The twin over this database; every question is recorded in `journal`."""
    global urlpatterns
    configure(database)
    from django.db import models

    def table(called: str, label: str, /, **fields: models.Field) -> Any:
        meta = type("Meta", (), {"managed": False, "db_table": label, "app_label": "twin"})
        return type(called, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})

    text, number, blob = models.TextField, models.BigIntegerField, models.BinaryField
    unit = table("Unit", "unit", ref=text(), name=text())
    sent = table("Submission", "submission", number=text())
    client = table("LaneClient", "lane_client", channels=text(null=True), per_minute=number(), state=text())
    key = table("LaneKey", "lane_key", client=models.ForeignKey(client, models.PROTECT), key_hash=blob())
    vehicle = table("Vehicle", "vehicle", vehicle_use=text())
    plate = table(
        "Plate", "plate", vehicle=models.ForeignKey(vehicle, models.PROTECT), plate_index=blob(), ended_at=number()
    )
    entry = table(
        "Entry",
        "entry",
        vehicle=models.ForeignKey(vehicle, models.PROTECT),
        person_id=number(),
        state=text(),
        cause=text(),
        size_class=text(),
    )
    filing = table(
        "Filing",
        "filing",
        ref=text(),
        unit=models.ForeignKey(unit, models.PROTECT),
        submission=models.ForeignKey(sent, models.PROTECT),
        card=blob(),
        state=text(),
        size_class=text(null=True),
        slot=text(null=True),
        submitted_at=number(),
        version=number(),
    )
    urlpatterns = [
        path("check", _lane(key, plate, entry, journal)),
        path("filings/<int:unit_id>", _list(unit, filing, models.Count)),
    ]
    return WSGIHandler()


urlpatterns: list[Any] = []


def _lane(key: Any, plate: Any, entry: Any, journal: Path) -> Callable[[HttpRequest], HttpResponse]:
    book = journal.open("ab", buffering=0)
    tokens: dict[int, tuple[float, float]] = {}

    def check(request: HttpRequest) -> HttpResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        hashed = hashlib.sha256(token.encode()).digest()
        found = key.objects.select_related("client").filter(key_hash=hashed, client__state="active").first()
        if found is None:
            return JsonResponse({"error": "key_unknown"}, status=401)
        now, rate = time.monotonic(), found.client.per_minute / 60
        left, filled = tokens.get(found.client_id, (float(found.client.per_minute), now))
        left = min(float(found.client.per_minute), left + (now - filled) * rate)
        if left < 1:
            return JsonResponse({"error": "too_many"}, status=429)
        tokens[found.client_id] = left - 1, now
        read = plates.candidates(request.GET.get("plate", ""))
        borne = plate.objects.select_related("vehicle").filter(plate_index__in=registry.plate_indexes(read)).first()
        entries = list(entry.objects.filter(vehicle=borne.vehicle)) if borne else []
        listed = [one for one in entries if one.state == "listed"]
        result = "listed" if listed else entries[0].state if entries else "not_listed"
        answer = {
            "result": result,
            "reason": "in_force" if listed else "unknown_plate",
            "vehicle": {"use": borne.vehicle.vehicle_use, "size_class": entries[0].size_class} if entries else None,
            "drivers": len({one.person_id for one in listed}),
            "channel": {"open": True, "allowed": True},
            "as_of": clock.now().isoformat(),
        }
        book.write(json.dumps([found.client_id, read[0], result]).encode() + b"\n")
        return JsonResponse(answer)

    return check


def _list(unit: Any, filing: Any, count: Any) -> Callable[[HttpRequest, int], HttpResponse]:
    template = engines["django"].from_string(TEMPLATE.read_text("utf-8"))

    def page(request: HttpRequest, unit_id: int) -> HttpResponse:
        of = unit.objects.get(pk=unit_id)
        mine = filing.objects.filter(unit_id=unit_id)
        found = mine.filter(state="submitted").select_related("submission").order_by("submitted_at", "id")
        read = list(found[: PAGE + 1])
        rows = []
        for row in read[:PAGE]:
            card = unsealed("filing", row.ref, row.card)
            facts = {"ref": row.ref, "version": row.version, "number": row.submission.number, "slot": row.slot}
            facts |= {"name": card.name, "id_type": card.id_type, "tail": card.tail, "size_class": row.size_class}
            shown = [plates.display(one) for one in card.plates]
            rows.append(facts | {"plates": shown, "at": from_micros(row.submitted_at)})
        counts = mine.values_list("state").annotate(count("id")).order_by()
        following = f"{read[PAGE - 1].submitted_at}-{read[PAGE - 1].id}" if len(read) > PAGE else ""
        values = {"unit": of, "rows": rows, "counts": list(counts), "next": following, "token": get_token(request)}
        return HttpResponse(template.render(values, request))

    return page
