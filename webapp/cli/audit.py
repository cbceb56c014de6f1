"""`audit verify`, `audit export`, `audit purge`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import clock, database
from webapp.domain.audit import daybooks, purging, sealing, verifying
from webapp.domain.audit.daybooks import BadDaybook
from webapp.domain.audit.verifying import Fault
from webapp.values import dates

group = AppGroup("audit", help="The record of acts: proved, kept as files, let go when it is old enough.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

KINDS = {
    verifying.ALTERED: "altered",
    verifying.REMOVED: "removed",
    verifying.INSERTED: "inserted",
    verifying.MOVED: "moved",
    verifying.RESEALED: "is not what was sealed, though each of its rows proves itself: somebody has the key",
    verifying.CUT_OFF: "stands outside and is gone from the database",
    verifying.REWRITTEN: "has another head than the one outside",
    verifying.NOT_ANCHORED: "has no head outside",
    verifying.LEFT_BEHIND: "has no seal, though acts of hours later have: the worker seals such within the hour",
}


@group.command("verify")
@click.option("--anchors", type=_FILE, default=None, help="Heads kept elsewhere: a copy of seals.jsonl, or the log.")
def verify(anchors: Path | None) -> None:
    """Prove every row of the record, its numbers, its seals, and the heads outside. The system may go on meanwhile.
    Ends with 1 and names each row that was altered, removed, inserted or moved."""
    database.connect()
    report = verifying.verify(anchors)
    for fault in report.faults:
        click.echo(_named(fault))
    if len(report.faults) >= verifying.MOST:
        click.echo(f"… and more; the first {verifying.MOST} are named")
    click.echo(
        f"{report.acts} acts and {report.lines} lines under {report.seals} seals, {report.anchored} heads outside"
        + (f"; {report.purged} acts were purged before" if report.purged else "")
    )
    if report.head:
        click.echo(f"head {report.head}")
    click.echo(_waiting(report))
    if report.faults:
        raise click.ClickException(f"the record was tampered with: {len(report.faults)} faults")
    click.echo("whole")


def _waiting(report: verifying.Report) -> str:
    if not report.waiting:
        return "nothing waits for its seal"
    age = (clock.now() - report.oldest).total_seconds() if report.oldest else 0.0
    return (
        f"{report.waiting} acts of the last {age:.0f} s wait for their seal: each proves itself, but whether one of"
        " that time was taken away whole, nothing can tell"
    )


def _named(fault: Fault) -> str:
    if fault.noun == "seal":
        return f"seal {fault.number}: {KINDS[fault.kind]}"
    act = f"act {fault.number or '(no number)'}" + (f" (id {fault.act_id})" if fault.act_id else "")
    if fault.noun == "act":
        return f"{act}: {KINDS[fault.kind]}"
    line = f"line {fault.position or '(no position)'}" + (f" (id {fault.line_id})" if fault.line_id else "")
    return f"{line} of {act}: {KINDS[fault.kind]}"


@group.command("export")
@click.option("--day", default="", help="2026-11-25; default: yesterday.")
@click.option("--check", type=_FILE, default=None, help="Open a file of before and prove everything in it instead.")
def export(day: str, check: Path | None) -> None:
    """Keep a day of the record as an encrypted file under DATA_DIR/record, or prove one that was kept."""
    database.connect()
    if check is not None:
        try:
            found = daybooks.check(check)
        except BadDaybook as wrong:
            raise click.ClickException(f"{check.name}: {wrong}") from wrong
        click.echo(
            f"whole: {found.day}, {found.acts} acts and {found.lines} lines, seals {found.first} to {found.last}"
        )
        return
    wanted = dates.parse(day) if day else clock.today() - timedelta(days=1)
    if wanted is None or wanted >= clock.today():
        raise click.ClickException("--day is a day that is over, such as 2026-11-25")
    sealing.seal_committed()
    made = daybooks.keep(wanted)
    click.echo(
        f"{made.name}: {made.acts} acts, {made.lines} lines" if made else "kept before, or nothing was sealed then"
    )


@group.command("purge")
def purge() -> None:
    """Let go what is older than RECORD_DAYS; the database refuses whatever is younger than a year."""
    database.connect()
    kept = timedelta(days=current_app.config["SETTINGS"].record_days)
    total = 0
    while gone := purging.purge(kept):
        total += gone
    click.echo(f"{total} acts purged")
