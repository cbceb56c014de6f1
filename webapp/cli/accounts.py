"""`accounts …`: the first staff of a platform, and a way in when nobody can sign in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import database
from webapp.actors import Actor, system
from webapp.domain.accounts import actions, links, platform, queries, second_factor
from webapp.domain.accounts.models import PLATFORM_ROLES
from webapp.domain.accounts.rules import ADMINISTRATORS
from webapp.errors import Refusal
from webapp.ui.locales import SOURCE

group = AppGroup("accounts", help="Staff of the platform.")


def _operator() -> Actor:
    return system("command-line")


@group.command("create-officer")
@click.argument("email")
@click.option("--role", type=click.Choice(PLATFORM_ROLES), default="platform_officer", show_default=True)
def create_officer(email: str, role: str) -> None:
    """Invite somebody to the platform and print the link, which works once within 72 hours.

    There are no accounts to begin with and no known password: the first officers and administrators choose theirs
    behind this link. It is mailed to them as well.
    """
    database.connect()
    try:
        ref = platform.invite(_operator(), email, role, SOURCE)["link"]
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{current_app.config['SETTINGS'].public_url}/invitation/{links.token(ref)}")


@group.command("first")
@click.argument("system_admin")
@click.argument("security_admin")
@click.argument("audit_admin")
def first(**mailboxes: str) -> None:
    """Invite the three administrators of a new system and print their links, once.

    Each link works once within 72 hours; the person behind it chooses a password and enrols an authenticator. Whoever
    already has an administrator is refused: from then on invitations are made and approved on the pages. Links of
    administrators that were printed before and not used end.
    """
    database.connect()
    if any(roles & ADMINISTRATORS for _account, roles in queries.platform_staff()):
        raise click.ClickException("there are administrators already; they invite others on the pages")
    if len({mailbox.strip().lower() for mailbox in mailboxes.values()}) < len(mailboxes):
        raise click.ClickException("the three administrators are three people with mailboxes of their own")
    for link in platform.invitations():
        if link.role in ADMINISTRATORS:
            platform.revoke_invitation(_operator(), link.ref, SOURCE)
    for role, mailbox in mailboxes.items():
        try:
            ref = platform.invite(_operator(), mailbox, role, SOURCE)["link"]
        except Refusal as refusal:
            raise click.ClickException(f"{role}: {refusal}") from refusal
        click.echo(f"{role}: {current_app.config['SETTINGS'].public_url}/invitation/{links.token(ref)}")


@group.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take off a second factor that is lost, e.g. of the security administrator himself."""
    database.connect()
    account = queries.by_email(email)
    if account is None:
        raise click.ClickException("no account has this e-mail")
    try:
        second_factor.reset(_operator(), account.id, SOURCE)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo("reset; a new one is enrolled at the next sign-in")


@group.command("unlock")
@click.argument("email")
def unlock(email: str) -> None:
    """Open a locked account, e.g. of the security administrator himself."""
    database.connect()
    account = queries.by_email(email)
    if account is None:
        raise click.ClickException("no account has this e-mail")
    try:
        actions.unlock(_operator(), account.id)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo("unlocked")
