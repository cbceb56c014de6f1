"""Pure rules of cases: what is objection and what dispute, terms, and which decision may rest on what (design 6)."""

from __future__ import annotations

from webapp.domain.sanctions.models import (
    ASSIGNMENT,
    DISPUTE,
    HOLD,
    IDENTITY,
    OBJECTION,
    OBJECTIONS,
    PLATE,
    REFUSAL,
    REMOVAL,
    SANCTION,
    UNCONFIRMED,
    VEHICLE,
)

#: Working days the other side has to answer, and the platform to decide.
ANSWER_DAYS, DECIDE_DAYS = 5, 15
WORDS_LONGEST = 1000
#: Files one side may hand in.
MOST_FILES = 5

#: What objections to a removal and to a hold cannot be about: the person's own wish, a newer entry, a death;
#: a sanction is objected to itself.
FINAL_CAUSES = ("requested", "superseded", "deceased", "sanctioned")
OWN_HOLDS = ("removal_requested",)

UPHOLD, DISMISS = "uphold", "dismiss"
#: The other side let its term pass: counts only beside evidence of the claimant.
SILENT = "case:holder_silent"
REASONS: dict[str, tuple[str, ...]] = {
    UPHOLD: (
        "case:evidence_convinces",
        "case:act_unfounded",
        "case:procedure_wrong",
        "case:holder_agrees",
        "case:records_confirm",
        SILENT,
    ),
    DISMISS: (
        "case:no_evidence",
        "case:evidence_refutes",
        "case:act_founded",
        "case:not_concerned",
        "case:settled",
    ),
}

REOPEN, RELIST, RELEASE, STRIKE, VOID, MERGE, SEPARATE, END_WRONG, END_SOLD, REMIND, UNASSIGN = (
    "reopen",
    "relist",
    "release",
    "strike",
    "void",
    "merge",
    "separate",
    "end_wrong",
    "end_sold",
    "remind",
    "unassign",
)
#: What an upheld case does, by topic. Where there is a choice, the officer makes it.
REMEDIES: dict[str, tuple[str, ...]] = {
    REFUSAL: (REOPEN,),
    REMOVAL: (RELIST,),
    HOLD: (RELEASE,),
    SANCTION: (STRIKE,),
    ASSIGNMENT: (UNASSIGN,),
    IDENTITY: (VOID,),
    PLATE: (END_WRONG, END_SOLD),
    VEHICLE: (MERGE, SEPARATE),
    UNCONFIRMED: (REMIND,),
}


def kind_of(topic: str) -> str:
    return OBJECTION if topic in OBJECTIONS else DISPUTE


def reasons_for(decision: str, *, silent: bool) -> tuple[str, ...]:
    """The reasons a decision may give; silence of the other side only where its term passed without a word."""
    known = REASONS.get(decision, ())
    return known if silent else tuple(reason for reason in known if reason != SILENT)
