"""The WSGI application, as servers load it."""

import gc
import os

# A start makes very much and drops hardly any of it: looking for garbage meanwhile is an eighth of the start. What it
# made stays for the life of the process, shared by those that are forked from it.
gc.disable()

from webapp import create_app, database  # noqa: E402
from webapp.cli import fit  # noqa: E402

app = create_app()
# Whatever server loads this serves nothing that does not fit. Commands come before, and make it fit.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    database.connect()
    fit.check(app.config["SETTINGS"])
    database.disconnect()
gc.freeze()
gc.enable()
