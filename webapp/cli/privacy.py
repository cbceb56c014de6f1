"""`privacy purge`, `privacy erase`, `privacy incident-drill`, `privacy register`."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import actors, clock, crypto, database
from webapp.actors import ACCOUNT, Actor
from webapp.backups import creating
from webapp.cli import owning
from webapp.cli.data_register import markdown
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts import roles
from webapp.domain.filings import queries as filings
from webapp.domain.privacy import clearing, erasing, erasure_list, incidents, obstacles, overview, purging, reach
from webapp.domain.privacy.models import ACCOUNT as OF_ACCOUNT
from webapp.domain.privacy.models import SCOPES
from webapp.domain.registry.models import Person
from webapp.errors import Refusal

group = AppGroup("privacy", help="What is kept of people, for how long, and how it goes.")
PERMISSION = "people:erase"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "data-register.md"


@group.command("purge")
@click.option("--rewrite", is_flag=True, help="Make the database anew afterwards; others wait meanwhile.")
def purge(rewrite: bool) -> None:
    """Delete now whatever the timers would delete: everything whose term is over."""
    database.connect()
    if rewrite:
        owning.refuse_others("making tables anew")
    settings, now = current_app.config["SETTINGS"], clock.now()
    for code, delete in purging.PURGES.items():
        click.echo(f"{code:<14} {delete(now)}")
    click.echo(f"{'copy':<14} {creating.forget_old(settings, now)}")
    erasure_list.write(settings.backup_dir, erasure_list.known(settings.backup_dir))
    clearing.clear([])
    if rewrite:
        clearing.rewrite()
        click.echo("the database was made anew")


@group.command("erase")
@click.argument("number")
@click.option("--proposed-by", default="", help="Mailbox of the officer who asks for it.")
@click.option("--confirmed-by", default="", help="Mailbox of another officer who says yes.")
def erase(number: str, proposed_by: str, confirmed_by: str) -> None:
    """Erase the person behind the submission NUMBER; without officers, say what would go and what stands against it."""
    database.connect()
    submission = filings.by_number(number)
    if submission is None:
        raise click.ClickException("there is no submission of this number")
    person = Person.get_by_id(submission.person_id)
    standing = obstacles.of(person.id)
    if standing:
        raise click.ClickException("not erased: " + ", ".join(standing))
    if not (proposed_by and confirmed_by):
        kept = reach.of(person.id)
        for name in (
            "submissions",
            "filings",
            "entries",
            "answers",
            "pledges",
            "drafts",
            "sheets",
            "cases",
            "vehicles",
        ):
            click.echo(f"{name:<14} {len(getattr(kept, name))}")
        click.echo("name --proposed-by and --confirmed-by, two officers, to erase")
        return
    first, second = _officer(proposed_by), _officer(confirmed_by)
    if first.ref == second.ref:
        raise click.ClickException("an erasure needs two officers")
    try:
        waiting = overview.person(submission.number).proposed
        proposed = waiting or erasing.propose(first, person.ref, locale=submission.language)["erasure"]
        done = erasing.confirm(second, proposed)
    except Refusal as refused:
        raise click.ClickException(str(refused)) from refused
    settings = current_app.config["SETTINGS"]
    clearing.clear(done["files"])
    erasure_list.write(settings.backup_dir, erasure_list.known(settings.backup_dir))
    for kind, count in done["counts"].items():
        click.echo(f"{kind:<14} {count}")
    click.echo(f"erased: {done['number']}, certificate {done['certificate']}")


@group.command("incident-drill")
@click.argument("scope", type=click.Choice(SCOPES))
@click.argument("named", nargs=-1)
@click.option("--began", type=click.DateTime(), required=True, help="Since when, in the zone's time.")
@click.option("--ended", type=click.DateTime(), required=True)
def incident_drill(scope: str, named: tuple[str, ...], began: datetime, ended: datetime) -> None:
    """Say whom an incident would touch: of units (refs), of what an account read (its mailbox), behind numbers and
    references, or everybody. Nothing is noted and nobody told; the drill itself is on record."""
    database.connect()
    refs = [_account(one) for one in named] if scope == OF_ACCOUNT else list(named)
    start = time.monotonic()
    try:
        done = incidents.drill(actors.system("incident-drill"), scope, refs, *map(_in_zone, (began, ended)))
    except Refusal as refused:
        raise click.ClickException(", ".join(f"{one.field}: {one.code}" for one in refused.faults)) from refused
    click.echo(f"people         {done['people']}")
    click.echo(f"submissions    {done['submissions']}")
    for ref, count in sorted(done["units"].items()):
        click.echo(f"unit {ref} {count}")
    click.echo(f"found in {time.monotonic() - start:.1f} s; nobody was told")


def _in_zone(said: datetime) -> datetime:
    return said.replace(tzinfo=clock.ZONE)


def _account(email: str) -> str:
    account = accounts.by_email(email)
    if account is None:
        raise click.ClickException(f"there is no account of {email}")
    return account.ref


@group.command("register")
@click.option("--check", is_flag=True, help="Exit 1 where docs/data-register.md is not what this version writes.")
def register(check: bool) -> None:
    """Write docs/data-register.md: every column and item, why, how long, and what an erasure does."""
    text = markdown()
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        raise click.ClickException("docs/data-register.md is old: flask --app wsgi privacy register")


def _officer(email: str) -> Actor:
    account = accounts.by_email(email)
    if account is None or PERMISSION not in roles.permissions(None, accounts.roles_of(account.id)):
        raise click.ClickException(f"{email} is no officer who may erase")
    return Actor(ACCOUNT, account.ref, account_id=account.id, request_id=crypto.new_ref(), address="console")
