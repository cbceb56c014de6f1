"""Rows of the record, messages, background work, what is published, figures, limits and keys."""

from __future__ import annotations

from webapp.domain.privacy.register.words import (
    DELETED,
    EXPIRES,
    HASH,
    INDEX,
    INTERNAL,
    OPTIONAL,
    PERSONAL,
    PUBLIC,
    RECORD,
    STAFF,
    of,
    table,
)

TABLES = (
    table(
        "act",
        "record",
        "record",
        RECORD,
        of(INTERNAL, "actor_kind actor_ref account_id unit_id verb key outcome codes result request_id session_ref at"),
        of(INTERNAL, "lines"),
        of(INTERNAL, "mac", form=HASH),
        of(PERSONAL, "address"),
    ),
    table(
        "audit_line",
        "record",
        "record",
        RECORD,
        of(INTERNAL, "act_id at tag object_ref unit_id fields position"),
        of(INTERNAL, "mac", form=HASH),
    ),
    table(
        "sequence", "record", "record", RECORD, of(INTERNAL, "stream number source_id"), of(INTERNAL, "mac", form=HASH)
    ),
    table(
        "seal",
        "record",
        "record",
        RECORD,
        of(INTERNAL, "number acts lines at"),
        of(INTERNAL, "root head mac", form=HASH),
    ),
    table(
        "notice",
        "tell",
        "notice",
        DELETED,
        of(INTERNAL, "ref kind audience audience_ref subject params dedupe_key act_id created_at read_at"),
    ),
    table(
        "delivery",
        "tell",
        "delivery",
        DELETED,
        of(INTERNAL, "ref notice_id channel locale state attempts error created_at sent_at ended_at", erasure=DELETED),
        of(PERSONAL, "address params", place="ref"),
    ),
    table("unreached", "tell", "notice", DELETED, of(INTERNAL, "audience_ref since", erasure=DELETED)),
    table(
        "job",
        "run",
        "job",
        EXPIRES,
        of(INTERNAL, "ref kind queue subject params dedupe_key state progress total cursor attempts not_before"),
        of(INTERNAL, "lease_owner lease_until error unit_id act_id created_at finished_at"),
    ),
    table(
        "bucket", "run", "limit", EXPIRES, of(INTERNAL, "rule tokens filled_at"), of(PERSONAL, "subject", form=INDEX)
    ),
    table("holiday", "publish", "public", RECORD, of(PUBLIC, "day name")),
    table(
        "announcement",
        "publish",
        "public",
        RECORD,
        of(PUBLIC, "ref audience texts state send_at shown_until made_at sent_at"),
        of(INTERNAL, "author_id act_id version"),
    ),
    table(
        "edition",
        "publish",
        "public",
        STAFF,
        of(PUBLIC, "ref subject number base content state effective_on effective_from"),
        of(INTERNAL, "proposed_by_id confirmed_by_id made_at decided_at act_id version"),
        of(INTERNAL, "note answer", place="ref", necessity=OPTIONAL),
    ),
    table("figure", "measure", "public", RECORD, of(INTERNAL, "day unit_class measure state count")),
    table("figure_day", "measure", "public", RECORD, of(INTERNAL, "day counted_at")),
    table(
        "unit_figure",
        "measure",
        "unit",
        RECORD,
        of(INTERNAL, "unit_id unit_class waiting oldest_at decided median_days"),
    ),
    table("act_figure", "measure", "record", STAFF, of(INTERNAL, "day measure name number part")),
    table("record_counted", "measure", "public", RECORD, of(INTERNAL, "number")),
    table("tally", "measure", "unit", RECORD, of(INTERNAL, "unit_id noun state waiting number pending")),
    table("unit_tally", "measure", "public", RECORD, of(INTERNAL, "unit_class state number pending")),
    table("key_check", "keys", "technical", RECORD, of(INTERNAL, "name"), of(INTERNAL, "value", form=HASH)),
    table("key_rotation", "keys", "technical", RECORD, of(INTERNAL, "to_key began_at ended_at resealed")),
)
