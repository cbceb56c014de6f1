"""Real mail servers on loopback, which refuse what they are told to refuse."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.policy import default

from aiosmtpd.controller import Controller

from tests.postgres import free_port


class Box:
    """A mail server that answers with the scripted replies first, then takes everything. Besides replies the script
    knows `silent` (takes the mail and does not answer) and `close` (takes it and hangs up)."""

    def __init__(self, *replies: str, at: str = "DATA") -> None:
        self.replies, self.at, self.tries = list(replies), at, 0
        self.taken: list = []

    def _reply(self, where: str) -> str | None:
        if where == self.at:
            self.tries += 1
            if self.replies:
                return self.replies.pop(0)
        return None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        refused = self._reply("RCPT")
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        refused = self._reply("DATA")
        if refused in (None, "silent", "close"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return await self._say(server, refused) or "250 OK"

    async def handle_QUIT(self, server, _session, _envelope):
        return await self._say(server, self._reply("QUIT")) or "221 Bye"

    async def _say(self, server, word: str | None) -> str | None:
        if word == "silent":
            await asyncio.sleep(5)
        if word == "close":
            server.transport.abort()
        return None if word in ("silent", "close") else word


@contextmanager
def smtp_servers() -> Iterator[Callable[..., tuple[Box, str]]]:
    """`start(*replies, at="DATA")` starts one and returns it with its address."""
    started: list[Controller] = []

    def start(*replies: str, at: str = "DATA") -> tuple[Box, str]:
        box = Box(*replies, at=at)
        port = free_port()
        controller = Controller(box, hostname="127.0.0.1", port=port)
        controller.start()
        started.append(controller)
        return box, f"smtp://127.0.0.1:{port}"

    yield start
    for controller in started:
        controller.stop()
