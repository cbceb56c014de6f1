"""A gate beside a real server, and the service out of its reach."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from tests.builders.lanes import client as lane_client
from tests.builders.lanes import fresh
from tests.builders.units import BuiltUnit
from webapp.cli.gate.client import Gate
from webapp.cli.gate.store import Store
from webapp.domain.lanes import feed
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen

PLATES = [f"粵C·E5501{n}" for n in range(5)]


@contextmanager
def served(app: Flask) -> Iterator[BaseWSGIServer]:
    """The service, at a port of its own."""
    fresh()
    running = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def gate_at(server: BaseWSGIServer, store: Store) -> Gate:
    """A gate with a key of its own."""
    _ref, key = lane_client()
    return Gate(f"http://127.0.0.1:{server.port}", key, feed.public_key(), store)


def unplugged(gate: Gate) -> Gate:
    """The same gate while the service is out of reach."""
    return Gate("http://127.0.0.1:9", "any", feed.public_key(), gate.store)


def remove(built: BuiltUnit, entry: Entry) -> None:
    row = Entry.get_by_id(entry.id)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((row.ref, row.version),)), "left_unit")
