"""The credit-pass list of the Hengqin second line."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import crypto, database, logs
from webapp.domain.accounts import passwords, policy
from webapp.domain.audit import anchors
from webapp.domain.files import actions as files
from webapp.domain.files import sheets
from webapp.domain.filings import invitation_rules
from webapp.domain.lanes import journal
from webapp.domain.lanes import keys as lane_keys
from webapp.domain.privacy import retention
from webapp.domain.units import roster
from webapp.settings import Settings, from_environment

ROOT = Path(__file__).parent.parent
#: Largest request: two files of 8 MB and the rest of a form.
MAX_REQUEST = 18 * 1024 * 1024


def configure_core(settings: Settings) -> None:
    """What server, worker and command line share: logs, keys, database, files."""
    logs.configure()
    crypto.configure(settings)
    database.configure(settings.database_url)
    files.configure(settings.files_dir)
    sheets.configure(settings.import_megabytes, settings.import_rows)
    invitation_rules.configure(settings.invitation_days, settings.invitation_reminder_days)
    roster.configure(settings.roster_days)
    lane_keys.configure(settings.lane_key_days)
    retention.configure(
        copies=settings.backup_days,
        person=settings.person_days,
        lane_plates=settings.lane_retention_days,
        roster=settings.roster_days,
    )
    passwords.configure(settings.password_memory)
    policy.configure(house_rules(settings))
    journal.configure(settings.journals_dir)
    anchors.configure(settings.record_dir)


def house_rules(settings: Settings) -> policy.Policy:
    """The settings of signing in as the domain asks them."""
    return policy.Policy(
        second_factor=settings.second_factor,
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
        failures=settings.sign_in_failures,
        lock=timedelta(minutes=settings.lock_minutes),
        password_age=timedelta(days=settings.password_days) if settings.password_days else None,
        unused=timedelta(days=settings.unused_days) if settings.unused_days else None,
        networks=tuple(ip_network(network) for network in settings.admin_networks),
    )


def create_app(settings: Settings | None = None) -> Flask:
    from webapp.blueprints.lane import shortcut
    from webapp.ui import cookie_prefixes, routing

    settings = settings or from_environment()
    configure_core(settings)
    app = Flask(
        "webapp",
        root_path=str(ROOT),
        static_folder="static",
        template_folder="templates",
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="hq",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1000,
        COMPRESS_MIMETYPES=["text/html", "application/json", "image/svg+xml"],
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our own policy tells browsers not to send
        BABEL_DEFAULT_LOCALE="zh_Hant_MO",
        BABEL_DEFAULT_TIMEZONE="Asia/Macau",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "webapp" / "translations"),
    )
    if settings.production:
        app.wsgi_app = cookie_prefixes.install(app.wsgi_app)  # type: ignore[method-assign]
    if settings.front_servers:
        # Who asks counts for every limit; without a front server of ours anybody could write these headers.
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.front_servers, settings.front_servers)  # type: ignore[method-assign]
    app.url_rule_class = routing.Rule
    # An address is written in one way: putting it right by a redirect would repeat whatever host the request named.
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _install(app)
    app.wsgi_app = shortcut.install(app.wsgi_app, settings)  # type: ignore[assignment, method-assign]
    return app


def _install(app: Flask) -> None:
    from webapp import cli, extensions
    from webapp.blueprints import filer, lane, platform, public, staff, unit
    from webapp.ui import (
        bar,
        errors,
        guards,
        locales,
        measuring,
        presenters,
        privacy,
        requests,
        staff_session,
        static_files,
        verifying,
        words,
    )

    app.session_interface = extensions.SignedCookie()
    extensions.babel.init_app(app, locale_selector=locales.select)
    words.install(app)
    # First of all, so that whatever refuses a request later can show a page: connection, actor, audience.
    requests.install(app)
    measuring.install(app)
    extensions.csrf.init_app(app)
    extensions.htmx.init_app(app)
    extensions.compress.init_app(app)
    static_files.install(app)
    staff_session.install(app, extensions.login)
    app.after_request(locales.finish)
    errors.install(app)
    presenters.install(app)
    privacy.install(app)
    verifying.install(app)
    bar.install(app)
    app.context_processor(locales.template_context)
    app.context_processor(lambda: {"config_demo": app.config["SETTINGS"].demo, "staff": g.get("staff")})
    for package in (public, staff, filer, unit, platform, lane):
        app.register_blueprint(package.blueprint)
    app.register_blueprint(lane.api)
    extensions.csrf.exempt(lane.api)  # keys, no cookies
    cli.install(app)
    guards.public(app.view_functions["static"])
