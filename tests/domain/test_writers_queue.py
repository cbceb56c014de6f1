"""Writers of the embedded database follow each other; nobody takes turn after turn while others wait."""

import itertools
import multiprocessing
import os
import time
from pathlib import Path

from webapp import writers_queue

WRITERS, TURNS = 6, 100
#: Seconds that a turn takes.
TURN = 0.002
#: So many turns one after the other are chance, where other work holds up those who wait; without yielding they are
#: twenty or forty.
MOST = 12


class Connection:
    """Of a database that is never busy."""

    def execute(self, _sql: str) -> None: ...


def write(path: Path, mark: bytes, order: int, begin) -> None:
    connection = Connection()
    writers_queue.stand_at(path)
    begin.wait()
    for _ in range(TURNS):
        with writers_queue.turn(lambda: connection):
            os.write(order, mark)
            over = time.perf_counter() + TURN
            while time.perf_counter() < over:
                pass


def test_who_had_his_turn_lets_another_have_it(tmp_path):
    context = multiprocessing.get_context("fork")
    (read, order), begin = os.pipe(), context.Event()
    writers = [
        context.Process(target=write, args=(tmp_path / "queue", bytes([ord("A") + number]), order, begin))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    begin.set()
    for writer in writers:
        writer.join()
    os.close(order)

    turns = os.read(read, WRITERS * TURNS + 1)
    os.close(read)
    assert len(turns) == WRITERS * TURNS
    early = turns[: len(turns) // 2]  # as long as nobody is through
    assert max(len(list(one)) for _writer, one in itertools.groupby(early)) <= MOST
