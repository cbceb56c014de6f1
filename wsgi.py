"""The WSGI application, as servers load it."""

import gc

# A start makes very much and drops hardly any of it: looking for garbage meanwhile is an eighth of the start. What it
# made stays for the life of the process, shared by those that are forked from it.
gc.disable()

from webapp import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
