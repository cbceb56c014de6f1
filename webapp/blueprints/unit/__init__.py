"""Pages of the audience unit."""

from flask import Blueprint

blueprint = Blueprint("unit", __name__)

from webapp.blueprints.unit import (  # noqa: E402, F401
    assigning,
    campaigns,
    cases,
    code,
    counter,
    exports,
    filing,
    filings,
    filings_bulk,
    home,
    inbox,
    leavers,
    passlist,
    passlist_removal,
    person,
    proposals,
    roster,
    staff_sheets,
    standing,
    team,
    upload_signing,
    uploads,
    vehicles,
)
