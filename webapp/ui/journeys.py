"""A filing as its person reads it: one answer, what it means, and what he may do. Its steps: `journey_steps`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webapp import clock
from webapp.domain.closings import succession
from webapp.domain.filings import objecting
from webapp.domain.filings import queries as filings
from webapp.domain.filings.following import Follow, Journey
from webapp.domain.filings.models import OPEN_FILING_STATES
from webapp.domain.passlist import channels
from webapp.domain.units.queries import Unit
from webapp.ui import journey_steps as steps
from webapp.ui.presenters import SIZE_CLASSES, VEHICLE_USES, last_day, long_date, reason
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import plates

#: Hold → what it means and what to do; `until` is the last day.
HOLDS: dict[str, Any] = {
    "owner_missing": _l("車主的登記已終止。同一位車主在%(until)s或之前重新列入，你便自動恢復；否則你的登記會終止。"),
    "licence_expired": _l("你的駕駛證已過有效期。更新並經單位核對、上傳後恢復；最遲在%(until)s，否則登記會終止。"),
    "document_expired": _l(
        "你的身份證件或居住證已過有效期。更新並經單位核對、上傳後恢復；最遲在%(until)s，否則登記會終止。"
    ),
    "not_confirmed": _l("單位還沒有確認你仍屬於單位。請聯絡單位；最遲在%(until)s，否則登記會終止。"),
    "removal_requested": _l("你要求移出名單。單位最遲在%(until)s處理；單位不處理，系統會移出。改變主意可以收回要求。"),
}
OWNER_NOT_HERE = _l(
    "車主已不經這個單位列入名單。同一位車主在%(until)s或之前經這個單位重新列入，你便自動恢復；否則你的登記會終止。"
)
ROLES: dict[str, Any] = {"owner": _l("車主本人"), "second": _l("第二名駕駛員")}


@dataclass
class Told:
    """What the page says of one filing. `look` is that of the macros `answer` and `chip`."""

    journey: Journey
    look: str
    words: str
    sentences: list[str]
    steps: list[dict[str, str]] = field(default_factory=list)
    paused: bool = False

    @property
    def ref(self) -> str:
        return self.journey.filing.ref

    @property
    def plates(self) -> list[str]:
        return [plates.display(one) for one in self.journey.card.plates]

    @property
    def about(self) -> str:
        """Use, size and role in one line."""
        filing = self.journey.filing
        said = [str(VEHICLE_USES[filing.vehicle_use])]
        said += [str(SIZE_CLASSES[filing.size_class])] if filing.size_class else []
        said += [str(ROLES[self.journey.slot])] if self.journey.slot else []
        return _("，").join(said)

    @property
    def channels(self) -> list[Any]:
        """The ways that fit the vehicle, as long as it may still be used there."""
        size = self.journey.filing.size_class
        ended = self.look in ("removed", "refused")
        return [] if ended or not size else channels.fitting(size)

    @property
    def unit_gone(self) -> bool:
        """Whether it ended because the unit was deregistered: the person may go on through another."""
        entry, filing = self.journey.entry, self.journey.filing
        if entry is not None:
            return entry.state == "removed" and entry.cause == "unit_deregistered"
        return filing.state == "closed" and "unit:deregistered" in (filing.reasons or ())

    @property
    def may_stay_behind(self) -> bool:
        """Whether another unit took over and the person may still say that he does not go along."""
        return self.journey.entry is not None and succession.may_refuse(self.journey.entry, clock.now())

    @property
    def may_withdraw(self) -> bool:
        return self.journey.filing.state in OPEN_FILING_STATES

    @property
    def may_correct(self) -> bool:
        return self.journey.filing.state == "returned" and not self.paused

    @property
    def may_ask_owner(self) -> bool:
        """Whether there is an open question whose link can be given to the owner."""
        request = self.journey.request
        asks = request is not None and request.made_by == "second" and request.state == "open"
        return asks and self.journey.filing.waiting and self.may_withdraw

    @property
    def may_leave(self) -> bool:
        return self.in_force and not self.leaving

    @property
    def contestable(self) -> list[objecting.Contestable]:
        """What was decided here that the person may object to."""
        return objecting.contestable(self.journey)

    @property
    def in_force(self) -> bool:
        return self.journey.entry is not None and self.journey.entry.state != "removed"

    @property
    def changes(self) -> list[Follow]:
        """What is on its way to replace the entry in force."""
        return [one for one in self.journey.follows if one.state != "uploaded"] if self.in_force else []

    @property
    def replaced_by(self) -> Follow | None:
        """What replaced the entry."""
        done = [one for one in self.journey.follows if one.state == "uploaded"]
        return done[-1] if done and not self.in_force else None

    @property
    def leaving(self) -> bool:
        """Whether the person's own request to be removed is open."""
        return self.in_force and any(hold.kind == "removal_requested" for hold in self.journey.holds)


def tell(journey: Journey, unit: Unit, now: datetime) -> Told:
    """Everything the page says of a filing, in the reader's language."""
    state, unit_name = journey.filing.state, unit.name
    if journey.entry is not None:
        told = _of_entry(journey, unit_name)
    elif unit.state == "suspended" and state in OPEN_FILING_STATES:
        told = _paused(journey, unit_name)
    elif state == "submitted":
        told = _submitted(journey, unit_name, now)
    elif state == "verified":
        told = _verified(journey, unit_name, now)
    else:
        told = _ENDS[state](journey, unit_name)
    if journey.filing.changes_id is not None and state in OPEN_FILING_STATES:
        told.sentences.append(_("這是更改。單位上傳之前，你現在的登記照舊有效。"))
    told.steps = steps.so_far(journey) + (steps.ahead_paused() if told.paused else steps.ahead(journey, now))
    return told


def _owner_wanted(journey: Journey) -> list[str]:
    request = journey.request
    if not journey.filing.waiting or request is None:
        return []
    return [
        _("還要車主同意：請車主最遲在%(day)s在自己的進度頁答覆。", day=last_day(request.until)),
        _("車主未申報的，請他先經自己的單位或居委會申報同一輛車。"),
    ]


def _disputed(journey: Journey) -> list[str]:
    return [_("這份申報有異議，平台查證前不會列入名單。")] if journey.filing.disputed else []


def _nothing_to_do(journey: Journey) -> list[str]:
    return [] if journey.filing.waiting else [_("你現在不用做甚麼。")]


def _submitted(journey: Journey, unit: str, now: datetime) -> Told:
    due = steps.verify_by(journey)
    if clock.local_date(now) > due:
        said = [_("%(unit)s應在%(day)s或之前驗核，已經過期，系統已提醒單位。", unit=unit, day=long_date(due))]
        said.append(_("你可以聯絡單位或繼續等，也可以撤回後經另一個所屬單位申報。"))
    else:
        said = [_("%(unit)s最遲在%(day)s驗核你是否屬於該單位。", unit=unit, day=long_date(due))]
        said += _nothing_to_do(journey)
    words = _("等待車主同意和單位驗核") if journey.filing.waiting else _("等待單位驗核")
    return Told(journey, "waiting", words, [*said, *_owner_wanted(journey), *_disputed(journey)])


def _verified(journey: Journey, unit: str, now: datetime) -> Told:
    if journey.filing.waiting:
        said = _owner_wanted(journey)
        return Told(journey, "waiting", _("單位已驗核，等待車主同意"), [*said, *_disputed(journey)])
    due = steps.upload_by(journey)
    if clock.local_date(now) > due:
        said = [_("%(unit)s還沒有上傳。可以聯絡單位查詢。", unit=unit)]
    else:
        said = [_("%(unit)s預計最遲在%(day)s上傳名單。", unit=unit, day=long_date(due))]
    if journey.filing.fallen_reason:
        said.append(_("上次上傳未能包括：%(reason)s。", reason=reason(f"fallen:{journey.filing.fallen_reason}")))
    return Told(journey, "verified", _("單位已驗核"), [*said, *_nothing_to_do(journey), *_disputed(journey)])


def _paused(journey: Journey, unit: str) -> Told:
    """The unit is suspended: nobody can move on, and the person may move elsewhere (design 6)."""
    said = [_("%(unit)s現時暫停，不能驗核和上傳。你的申報保留，恢復後會繼續，並會通知你。", unit=unit)]
    if journey.filing.state == "returned":
        said.append(_("單位恢復後，你便可以補正並重新簽署。"))
    said.append(_("你可以等，也可以撤回後經另一個所屬單位申報。"))
    told = Told(journey, "waiting", _("單位暫停，申報要等"), [*said, *_owner_wanted(journey), *_disputed(journey)])
    told.paused = True
    return told


def _returned(journey: Journey, unit: str) -> Told:
    said = [_("%(unit)s請你改正下面的項目。改好後要重新簽署，單位會再驗核。", unit=unit)]
    return Told(journey, "returned", _("要你補正"), [*said, *_owner_wanted(journey), *_disputed(journey)])


def _refused(journey: Journey, unit: str) -> Told:
    said = [_("%(unit)s不受理這份申報。", unit=unit), *reasons(journey)]
    return Told(
        journey, "refused", _("單位不予受理"), [*said, _("你可以再申報，或經另一個所屬單位申報；不同意可以提出異議。")]
    )


def _withdrawn(journey: Journey, unit: str) -> Told:
    return Told(journey, "removed", _("你已撤回"), [_("這份申報不會再處理。需要時可以重新申報。")])


def _closed(journey: Journey, unit: str) -> Told:
    said = reasons(journey) or [_("這份申報不會再處理。")]
    # What is sanctioned is not accepted again either.
    if "filing:not_accepted" not in (journey.filing.reasons or []):
        said.append(_("需要時可以重新申報。"))
    return Told(journey, "removed", _("申報已結束"), said)


def _uploaded(journey: Journey, unit: str) -> Told:
    return Told(journey, "verified", _("單位已上傳"), [_("你現在不用做甚麼。")])


_ENDS: dict[str, Any] = {
    "returned": _returned,
    "refused": _refused,
    "withdrawn": _withdrawn,
    "closed": _closed,
    "uploaded": _uploaded,
}


def _of_entry(journey: Journey, unit: str) -> Told:
    entry = journey.entry
    assert entry is not None
    if entry.state == "listed":
        said = [_("由%(day)s起生效，經%(unit)s備案。", day=long_date(entry.listed_at), unit=unit)]
        said.append(_("列入名單不等於免檢，通道仍會抽查。你現在不用做甚麼。"))
        return Told(journey, "listed", _("在名單內"), said)
    if entry.state == "suspended":
        # A member of the owner's household stands on the owner's entry in his unit (decision 20).
        meant = HOLDS | {"owner_missing": OWNER_NOT_HERE} if entry.household else HOLDS
        said = [str(meant[hold.kind]) % {"until": last_day(hold.until)} for hold in journey.holds]
        return Told(journey, "suspended", _("暫停"), [_("暫停期間不能按名單通行。"), *said])
    said = [_("%(day)s移出。原因：%(cause)s。", day=long_date(entry.removed_at), cause=steps.CAUSES[entry.cause])]
    if entry.cause == "unit_deregistered":
        return Told(journey, "removed", _("已移出名單"), [*said, _("你可以經另一個所屬單位或居委會再辦理。")])
    if entry.cause == "superseded":
        return Told(
            journey, "removed", _("已由新的登記取代"), [_("%(day)s起以新的登記為準。", day=long_date(entry.removed_at))]
        )
    # What somebody asked for himself is nothing to object to.
    if entry.cause == "requested":
        said.append(_("需要時可以重新申報。"))
    elif entry.cause != "deceased":
        said.append(_("如認為有誤，可以聯絡單位，或在下面提出異議。"))
    return Told(journey, "removed", _("已移出名單"), said)


def reasons(journey: Journey) -> list[str]:
    """The unit's reasons of the last return or refusal, in words."""
    return [reason(code) for code in journey.filing.reasons or []]


def words_of_unit(journey: Journey) -> str:
    """What the unit wrote when it last returned or refused, "" where it wrote nothing."""
    for step in reversed(journey.steps):
        if step.action in ("return", "refuse"):
            return filings.note_of(step)
    return ""
