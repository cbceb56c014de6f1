"""Rows of consents, requests, copies, incidents, assessments and contracts."""

from __future__ import annotations

from webapp.domain.privacy.register.words import (
    EMPTIED,
    HASH,
    INTERNAL,
    OPTIONAL,
    PERSONAL,
    RECORD,
    SENSITIVE,
    of,
    table,
)

TABLES = (
    table(
        "consent",
        "rights",
        "record",
        RECORD,
        of(INTERNAL, "ref person_id submission_ref purpose edition language given_at ended_at act_id"),
        of(INTERNAL, "digest", form=HASH),
    ),
    table(
        "rights_request",
        "rights",
        "person",
        EMPTIED,
        of(INTERNAL, "ref number kind way state person_id submission_ref reasons opened_at due_at overdue_at"),
        of(INTERNAL, "decided_at opened_account decided_account act_id version"),
        of(PERSONAL, "asked answer", place="ref"),
        of(SENSITIVE, "paper_id", necessity=OPTIONAL),
    ),
    table("rights_step", "rights", "record", RECORD, of(INTERNAL, "request_id act_id at action state")),
    table(
        "data_copy",
        "rights",
        "record",
        RECORD,
        of(INTERNAL, "ref submission_ref person_id form made_at kept_until ended_at act_id"),
    ),
    table(
        "incident",
        "rights",
        "record",
        RECORD,
        of(INTERNAL, "ref number state kinds cause scope scope_refs began_at ended_at found_at people noted_by_id"),
        of(INTERNAL, "proposed_by_id released_by_id released_at closed_at act_id version"),
        of(INTERNAL, "account letter", place="ref"),
    ),
    table("incident_submission", "rights", "record", RECORD, of(INTERNAL, "incident_id submission_ref person_id")),
    table("incident_step", "rights", "record", RECORD, of(INTERNAL, "incident_id act_id at action state")),
    table(
        "assessment",
        "rights",
        "record",
        RECORD,
        of(INTERNAL, "ref number kind about author made_on result findings valid_until kept_until paper_id"),
        of(INTERNAL, "account_id recorded_at act_id"),
    ),
    table(
        "entrustment",
        "rights",
        "record",
        RECORD,
        of(INTERNAL, "unit_id reference agreed_on account_id recorded_at act_id"),
    ),
)
