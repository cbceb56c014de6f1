"""Emptying everything kept of one person: the steps of an erasure, one for each kind of thing.

What is deleted is deleted. What others refer to stays as a shell: its values are sealed anew with nothing in them, so
that every page that shows it goes on working, and its digest stays as the proof of what was signed. A kind of thing
that is kept of people and has no step here is a mistake; `PARTS` is the list (what each column does: register).
"""

from __future__ import annotations

from collections.abc import Callable

from webapp import crypto
from webapp.database import among
from webapp.domain.accounts.models import CODE_PURPOSES, OneTimeCode
from webapp.domain.audit.acts import Act
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import helping, upload_lists
from webapp.domain.filings.models import CounterSheet, Draft, Filing, FilingStep, Submission, Upload, UploadLine
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import BULK
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.notices.models import ADDRESS, SUBMISSION, Delivery, Notice, Unreached
from webapp.domain.passlist.models import DriverSlot, Entry, EntryExpiry, JointOwner
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import rights_words, sanctions_over
from webapp.domain.privacy.models import DataCopy, LegalHold, RightsRequest
from webapp.domain.privacy.reach import Reach
from webapp.domain.privacy.shells import NOTHING, emptied
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import Answers, NameToken, Person, PersonDocument, PersonPhone, PersonToken, Plate
from webapp.domain.registry.models import Vehicle as VehicleRow
from webapp.domain.sanctions.models import Case, CaseEvidence, CaseParty, SanctionNear
from webapp.domain.searches.models import ListSearch
from webapp.domain.units import staff_lines
from webapp.domain.units.models import RosterRow
from webapp.values.normalising import compact


class Emptied:
    """What went: counts by kind, and the files whose rows are gone, to be deleted after the commit."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.files: list[str] = []

    def count(self, kind: str, number: int) -> None:
        if number:
            self.counts[kind] = self.counts.get(kind, 0) + number


def empty(act: Act, of: Reach) -> Emptied:
    """Step: everything of this person. Inside an erasure that is confirmed."""
    gone = Emptied()
    for part in PARTS:
        part(act, of, gone)
    return gone


# What he declared and signed --------------------------------------------------------------------------------------


def _answers(_act: Act, of: Reach, gone: Emptied) -> None:
    for row in Answers.select().where(Answers.id << among(of.answers)):
        nothing = crypto.seal(emptied(registry.open_answers(row)), "answers", "sealed", row.ref)
        Answers.update(sealed=nothing).where(Answers.id == row.id).execute()
    gone.count("answers", len(of.answers))


def _pledges(_act: Act, of: Reach, gone: Emptied) -> None:
    """The digest stays: whoever holds the paper can still show that it is the one that was signed."""
    drawings = []
    for row in Pledge.select().where(Pledge.id << among(of.pledges)):
        nothing = crypto.seal(emptied(pledges.content_of(row)), "pledge", "content", row.ref)
        drawings += [row.drawing_id] if row.drawing_id else []
        Pledge.update(content=nothing, strokes=None, drawing=None).where(Pledge.id == row.id).execute()
    _drop_files(drawings, gone)
    gone.count("pledges", len(of.pledges))
    gone.count("signatures", len(drawings))


def _filings(_act: Act, of: Reach, gone: Emptied) -> None:
    for model, rows in ((Filing, of.filings), (Entry, of.entries)):
        for row in model.select().where(model.id << among(rows)):
            card = type(open_card(row))(NOTHING, "", open_card(row).id_type, "", NOTHING, "")
            table = model._meta.table_name
            model.update(card=seal_card(row.ref, table, card)).where(model.id == row.id).execute()
        gone.count(model._meta.table_name, len(rows))
    FilingStep.update(note=None).where(FilingStep.filing << among(of.filings), FilingStep.note.is_null(False)).execute()
    EntryExpiry.delete().where(EntryExpiry.entry << among(of.entries)).execute()


def _submissions(_act: Act, of: Reach, gone: Emptied) -> None:
    mine = Submission.id << among(of.submissions)
    # A higher version of its link than anybody holds: the private address opens nothing.
    Submission.update(phone_index=b"", email_index=None, link_version=Submission.link_version + 1).where(mine).execute()
    gone.count("submissions", len(of.submissions))


def _drafts(_act: Act, of: Reach, gone: Emptied) -> None:
    for row in CounterSheet.select().where(CounterSheet.id << among(of.sheets)):
        nothing = crypto.seal(emptied(helping.sheet_content(row)), "counter_sheet", "content", row.ref)
        CounterSheet.update(content=nothing).where(CounterSheet.id == row.id).execute()
    gone.count("drafts", Draft.delete().where(Draft.id << among(of.drafts)).execute())


# Documents and lists that name him --------------------------------------------------------------------------------


def _documents(act: Act, of: Reach, gone: Emptied) -> None:
    subjects = [ref for rows in (of.pledges, of.submissions, of.entries, of.sheets) for ref in rows.values()]
    his = IssuedDocument.subject << subjects
    files = [file for (file,) in IssuedDocument.select(IssuedDocument.file).where(his).tuples() if file]
    gone.count("documents", IssuedDocument.update(file=None, erased_at=act.now).where(his).execute())
    _drop_files(files, gone)


def _upload_lines(act: Act, of: Reach, gone: Emptied) -> None:
    """The digest of a line stays, and so that of the list it is in. What was printed with the line is made anew."""
    uploads = set()
    for line in UploadLine.select().where(UploadLine.filing << among(of.filings)):
        upload = Upload.get_by_id(line.upload_id)
        place = f"{upload.ref}:{line.position}"
        nothing = crypto.seal(emptied(upload_lists.open_line(upload, line)), "upload_line", "line", place)
        UploadLine.update(line=nothing).where(UploadLine.id == line.id).execute()
        uploads.add(upload.id)
        gone.count("lines", 1)
    for upload in Upload.select().where(Upload.id << among(uploads)):
        pledge = Pledge.get_or_none(Pledge.id == upload.pledge_id)
        subjects = [upload.ref] + ([pledge.ref] if pledge else [])
        again = IssuedDocument.select().where(
            IssuedDocument.kind << ("unit_pledge", "annex"), IssuedDocument.subject << subjects
        )
        for document in list(again):
            gone.files += documents.forget_files(document.kind, [document.subject])
            jobs.enqueue(act, documents.RENDER, document.code, queue=BULK, unit_id=document.unit_id)
            gone.count("annexes", 1)


def _rosters(_act: Act, of: Reach, gone: Emptied) -> None:
    indexes = [staff_lines.name_index(name) for name in of.said.names]
    rows = RosterRow.select().where(RosterRow.name_index << indexes)
    his = []
    for row in rows:
        line = staff_lines.unseal(row.line, "roster_row", row.ref)
        if (line.tail and line.tail in of.said.tails) or set(line.phones) & of.said.phones:
            his.append(row.id)
    gone.count("roster", RosterRow.delete().where(RosterRow.id << among(his)).execute())


# Messages ---------------------------------------------------------------------------------------------------------


def _messages(_act: Act, of: Reach, gone: Emptied) -> None:
    refs = [*of.submissions.values()]
    to_him = (Notice.audience == SUBMISSION) & (Notice.audience_ref << refs)
    ids = {found for (found,) in Notice.select(Notice.id).where(to_him).tuples()} | _codes_sent(of)
    gone.count("deliveries", Delivery.delete().where(Delivery.notice << among(ids)).execute())
    gone.count("notices", Notice.delete().where(Notice.id << among(ids)).execute())
    Unreached.delete().where(Unreached.audience_ref << refs).execute()
    OneTimeCode.delete().where(
        OneTimeCode.purpose << CODE_PURPOSES, OneTimeCode.address_index << list(of.said.addresses)
    ).execute()


def _codes_sent(of: Reach) -> set[int]:
    """Messages to an address of his that belong to no submission (a code on its way): by opening what is addressed."""
    his = of.said.phones | of.said.mailboxes
    rows = Delivery.select(Delivery.ref, Delivery.address, Notice.id).join(Notice, on=(Delivery.notice == Notice.id))
    return {
        notice
        for ref, address, notice in rows.where(Notice.audience == ADDRESS, Delivery.address != b"").tuples().iterator()
        if crypto.unseal(address, "delivery", "address", ref) in his
    }


# Cases and sanctions ----------------------------------------------------------------------------------------------


def _cases(_act: Act, of: Reach, gone: Emptied) -> None:
    """His own words and what he handed in, and the officer's words to both sides; the other side's stay the other's."""
    his = CaseEvidence.party << among(of.parties)
    files = [file for (file,) in CaseEvidence.select(CaseEvidence.file).where(his).tuples()]
    gone.count("evidence", CaseEvidence.delete().where(his).execute())
    _drop_files(files, gone)
    CaseParty.update(words=None, contact=None).where(CaseParty.id << among(of.parties)).execute()
    Case.update(words=None).where(Case.id << among(of.cases)).execute()
    gone.count("cases", len(of.cases))


def _sanctions(_act: Act, of: Reach, gone: Emptied) -> None:
    """Those that named him and are over, however they ended, and files of sanctions in which he stands."""
    over = sanctions_over.naming(of.person, of.documents, of.plates)
    sanctions_over.empty(over, identity=lambda row: crypto.index("erased-sanction", row.ref))
    sanctions_over.empty_notes(over)
    SanctionNear.delete().where(SanctionNear.person == of.person).execute()
    gone.count("sanctions", len(over))
    files = sanctions_over.drop_files(of.said)
    gone.files += files
    gone.count("files", len(files))


# What he was found by ---------------------------------------------------------------------------------------------


def _lane_checks(_act: Act, of: Reach, gone: Emptied) -> None:
    """Questions about a car nobody else drives. That a channel asked something at that moment stays."""
    asked = LaneCheck.plate_index << list(of.plates)
    gone.count("lane_checks", LaneCheck.update(plate=None, plate_index=b"").where(asked).execute())


def _searches(_act: Act, of: Reach, gone: Emptied) -> None:
    """Words an officer looked for that are his; that he looked, when and what he opened stays."""
    words = {compact(word) for word in (*of.said.numbers, *of.said.plates, *of.said.names)}
    for row in ListSearch.select().iterator():
        if compact(crypto.unseal(row.words, "list_search", "words", row.ref)) in words:
            ListSearch.update(
                words=crypto.seal("", "list_search", "words", row.ref),
                reason=crypto.seal("", "list_search", "reason", row.ref),
            ).where(ListSearch.id == row.id).execute()
            gone.count("searches", 1)


def _rights(_act: Act, of: Reach, gone: Emptied) -> None:
    """What he asked about his data and was answered, the letter, and copies he took that are still kept."""
    rows = list(RightsRequest.select().where(RightsRequest.person == of.person))
    for row in rows:
        RightsRequest.update(
            asked=rights_words.seal_asked(row.ref, ""), answer=rights_words.seal_answer(row.ref, ""), paper=None
        ).where(RightsRequest.id == row.id).execute()
    _drop_files([row.paper_id for row in rows if row.paper_id], gone)
    gone.count("requests", len(rows))
    copies = [ref for (ref,) in DataCopy.select(DataCopy.ref).where(DataCopy.person == of.person).tuples()]
    gone.files += documents.forget_files("data_copy", copies)


def _registry(act: Act, of: Reach, gone: Emptied) -> None:
    for kind, model in (
        ("identities", PersonDocument),
        ("phones", PersonPhone),
        ("tokens", PersonToken),
        ("tokens", NameToken),
        ("joint_owners", JointOwner),
    ):
        gone.count(kind, model.delete().where(model.person == of.person).execute())
    DriverSlot.delete().where(DriverSlot.person == of.person, DriverSlot.in_force == False).execute()  # noqa: E712
    gone.count("plates", Plate.delete().where(Plate.vehicle << among(of.vehicles)).execute())
    LegalHold.update(reason=b"").where(LegalHold.person == of.person).execute()
    VehicleRow.update(vin_index=None).where(VehicleRow.id << among(of.vehicles)).execute()
    Person.update(erased_at=act.now).where(Person.id == of.person).execute()


def _drop_files(ids: list[int], gone: Emptied) -> None:
    rows = list(StoredFile.select().where(StoredFile.id << among(ids)))
    StoredFile.delete().where(StoredFile.id << among(ids)).execute()
    gone.files += [row.ref for row in rows]
    gone.count("files", len(rows))


#: In this order: what is found by indexes before the indexes go.
PARTS: tuple[Callable[[Act, Reach, Emptied], None], ...] = (
    _documents,
    _upload_lines,
    _pledges,
    _answers,
    _filings,
    _drafts,
    _rosters,
    _messages,
    _submissions,
    _cases,
    _sanctions,
    _lane_checks,
    _searches,
    _rights,
    _registry,
)
