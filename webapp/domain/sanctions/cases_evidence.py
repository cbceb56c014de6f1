"""What a side says and shows: words sealed in its row, files kept sealed under a consent of their own (PIPL 29)."""

from __future__ import annotations

from dataclasses import dataclass

from webapp import crypto
from webapp.domain.audit.acts import Act, record
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.sanctions import cases_rules
from webapp.domain.sanctions.models import Case, CaseEvidence, CaseParty
from webapp.errors import Fault, Invalid

WORDS, FILES, CONSENT = "words", "evidence", "consent_evidence"


@dataclass(frozen=True)
class Handed:
    """Files as intake accepted them, and whether the person agreed to their use for this case."""

    files: tuple[Accepted, ...] = ()
    consent: bool = False


def checked_words(words: str, *, needed: bool) -> str:
    """What somebody wrote, without the blanks around it. Raises Invalid."""
    plain = words.strip()
    if needed and not plain:
        raise Invalid("missing", field=WORDS)
    if len(plain) > cases_rules.WORDS_LONGEST:
        raise Invalid("too_long", field=WORDS, maximum=cases_rules.WORDS_LONGEST)
    return plain


def check(handed: Handed, already: int = 0) -> None:
    """Raises Invalid: no consent for files, or more of them than one side may hand in."""
    faults = []
    if handed.files and not handed.consent:
        faults.append(Fault(CONSENT, "consent_needed"))
    if already + len(handed.files) > cases_rules.MOST_FILES:
        faults.append(Fault(FILES, "too_many_files", {"most": cases_rules.MOST_FILES}))
    if faults:
        raise Invalid(faults=faults)


def keep(act: Act, case: Case, party: CaseParty, handed: Handed) -> list[str]:
    """Keep the files of one side; returns their refs."""
    refs = []
    for accepted in handed.files:
        file = files.keep(act, "proof", accepted.media_type, accepted.content, name=accepted.name)
        ref = crypto.new_ref()
        CaseEvidence.create(ref=ref, case=case.id, party=party.id, file=file.id, consented_at=act.now, act_id=act.id)
        record(act, "case-evidence:added", ref, unit_id=case.unit_id)
        refs.append(ref)
    return refs


def words_of(case: Case, party: CaseParty) -> str:
    """What this side wrote, "" where it wrote nothing."""
    place = f"{case.ref}:{party.side}:{party.party_ref}"
    return crypto.unseal(party.words, "case_party", "words", place) if party.words else ""


def contact_of(case: Case, party: CaseParty) -> dict[str, str]:
    """Where a person without a submission is reached: {phone, email, language}."""
    return crypto.unseal(party.contact, "case_party", "contact", f"{case.ref}:{party.side}:{party.party_ref}")


def write(act: Act, case: Case, party: CaseParty, words: str) -> None:
    """Keep the answer of the other side."""
    sealed = crypto.seal(words, "case_party", "words", f"{case.ref}:{party.side}:{party.party_ref}")
    CaseParty.update(words=sealed, answered_at=act.now).where(CaseParty.id == party.id).execute()
