"""The broker of one machine: whole messages, taken once, in the order they were sent."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from threading import Barrier
from typing import Any, cast

import pytest
from kombu import Connection, Exchange, Queue

from mog_site import file_broker

_READERS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The broker's folder, not made yet."""
    return tmp_path / "broker"


@contextmanager
def channel_to(folder: Path) -> Iterator[file_broker.Channel]:
    """Open a connection as Celery does, and a channel on it."""
    options = file_broker.options(folder)
    with (
        Connection(
            "filesystem://", transport="mog_site.file_broker:Transport", transport_options=options
        ) as connection,
        connection.channel() as channel,
    ):
        yield cast("file_broker.Channel", channel)


def take_all(folder: Path) -> list[Any]:
    """Take messages until there are none."""
    taken = []
    with channel_to(folder) as channel:
        while True:
            try:
                taken.append(channel._get("mog"))
            except Empty:
                return taken


def test_messages_arrive_in_the_order_they_were_sent(folder: Path) -> None:
    with channel_to(folder) as channel:
        for number in range(20):
            channel._put("mog", {"number": number})
    assert [message["number"] for message in take_all(folder)] == list(range(20))


def test_a_message_for_another_queue_stays(folder: Path) -> None:
    with channel_to(folder) as channel:
        channel._put("other", {})
    assert take_all(folder) == []


def test_each_message_is_taken_by_one_reader(folder: Path) -> None:
    with channel_to(folder) as channel:
        for number in range(200):
            channel._put("mog", {"number": number})
    with ThreadPoolExecutor(_READERS) as pool:
        taken = [message for part in pool.map(take_all, [folder] * _READERS) for message in part]
    assert sorted(message["number"] for message in taken) == list(range(200))


def test_no_reader_meets_half_a_message(folder: Path) -> None:
    together = Barrier(2, timeout=20)
    content = "x" * 200_000

    def write() -> None:
        with channel_to(folder) as channel:
            together.wait()
            for _ in range(100):
                channel._put("mog", {"content": content})

    def read() -> list[Any]:
        together.wait()
        taken: list[Any] = []
        give_up_at = time.monotonic() + 30
        while len(taken) < 100 and time.monotonic() < give_up_at:
            taken += take_all(folder)
        return taken

    with ThreadPoolExecutor(2) as pool:
        writing, reading = pool.submit(write), pool.submit(read)
        writing.result(30)
        assert {len(message["content"]) for message in reading.result(30)} == {len(content)}


def test_bindings_made_at_once_are_all_kept(folder: Path) -> None:
    together = Barrier(_READERS, timeout=20)

    def bind(number: int) -> None:
        queue = Queue(f"queue-{number}", Exchange("mog"), routing_key=f"key-{number}")
        with channel_to(folder) as channel:
            together.wait()
            queue.bind(channel).declare()

    with ThreadPoolExecutor(_READERS) as pool:
        list(pool.map(bind, range(_READERS)))
    with channel_to(folder) as channel:
        assert len(channel.get_table("mog")) == _READERS


def test_nothing_is_left_of_a_taken_message(folder: Path) -> None:
    with channel_to(folder) as channel:
        channel._put("mog", {})
    take_all(folder)
    assert not [file for name in ("messages", "taken") for file in (folder / name).iterdir()]
