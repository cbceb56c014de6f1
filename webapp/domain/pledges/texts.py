"""Pledge texts: versioned wordings, signable in Traditional and Simplified Chinese, in other languages for reading."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from webapp import clock
from webapp.domain.pledges.models import PledgeText
from webapp.domain.pledges.sample_texts import SAMPLE_TEXTS

#: The first is what everybody may sign whose own language cannot be signed.
SIGNABLE = ("zh_Hant_MO", "zh_Hans_CN")


def digest_of(title: str, clauses: list[str]) -> str:
    """SHA-256 over title and clauses, hex: what a signature names."""
    text = json.dumps([title, *clauses], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seed(now: datetime) -> None:
    """Write the sample wordings that are not there yet. Inside a transaction."""
    for sample in SAMPLE_TEXTS:
        clauses = list(sample.clauses)
        PledgeText.insert(
            kind=sample.kind,
            version=sample.version,
            language=sample.language,
            title=sample.title,
            clauses=clauses,
            digest=digest_of(sample.title, clauses),
            signable=sample.language in SIGNABLE,
            sample=True,
            effective_from=now,
        ).on_conflict_ignore().execute()


def current(kind: str, language: str) -> PledgeText:
    """The wording in force that a reader of `language` signs: his own if signable, else the Traditional one."""
    wanted = language if language in SIGNABLE else SIGNABLE[0]
    text = reading(kind, wanted)
    if text is None:
        raise LookupError(f"no {kind} pledge text; seed the constants")
    return text


def reading(kind: str, language: str) -> PledgeText | None:
    """The wording in force in this very language, signable or not."""
    return (
        PledgeText.select()
        .where(
            PledgeText.kind == kind,
            PledgeText.language == language,
            PledgeText.effective_from <= clock.now(),
        )
        .order_by(PledgeText.effective_from.desc(), PledgeText.id.desc())
        .first()
    )


def readings(text: PledgeText) -> list[PledgeText]:
    """The same version in its other languages."""
    return list(
        PledgeText.select()
        .where(PledgeText.kind == text.kind, PledgeText.version == text.version, PledgeText.id != text.id)
        .order_by(PledgeText.id)
    )


def samples(kind: str) -> dict[str, dict[str, Any]]:
    """The sample wordings of a kind: {locale: {"title", "clauses"}}."""
    return {
        sample.language: {"title": sample.title, "clauses": list(sample.clauses)}
        for sample in SAMPLE_TEXTS
        if sample.kind == kind
    }


def publish(kind: str, number: int, wordings: dict[str, dict[str, Any]], begins: datetime, *, sample: bool) -> None:
    """Step: these wordings may be signed from an instant on, each signable language under its own digest."""
    for language, wording in wordings.items():
        PledgeText.create(
            kind=kind,
            version=version_of(kind, number, begins),
            language=language,
            title=wording["title"],
            clauses=wording["clauses"],
            digest=digest_of(wording["title"], wording["clauses"]),
            signable=language in SIGNABLE,
            sample=sample,
            effective_from=begins,
        )


def take_back(kind: str, number: int) -> None:
    """Step: the wordings of an edition that never came into force are gone."""
    ahead = PledgeText.effective_from > clock.now()
    PledgeText.delete().where(PledgeText.kind == kind, PledgeText.version.endswith(f"-{number + 1}"), ahead).execute()


def version_of(kind: str, number: int, begins: datetime) -> str:
    """P-2027-3: what stands under the text. The sample is the first, so that the first edition is the second."""
    return f"{kind[0].upper()}-{clock.local_date(begins).year}-{number + 1}"
