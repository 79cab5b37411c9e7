"""Waiting for a change: told at once, never for ever, at the price of one."""

from __future__ import annotations

import asyncio

import pytest

from api import changes
from api.changes import ChangeWatcher
from api.errors import TooBusy
from db.engine import DatabaseUnavailable


class _Clockwork:
    """A token that the test moves; counts how often it was asked for."""

    def __init__(self) -> None:
        self.value = 1
        self.asked = 0
        self.broken = 0

    def __call__(self) -> str:
        self.asked += 1
        if self.broken:
            self.broken -= 1
            raise DatabaseUnavailable("away")
        return str(self.value)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_LOOK_EVERY", 0.01)


def test_a_change_that_was_missed_is_told_at_once() -> None:
    token = _Clockwork()

    assert asyncio.run(ChangeWatcher(token).after("0", 25)) == "1"
    assert token.asked == 1


def test_everybody_who_waits_is_told() -> None:
    token = _Clockwork()

    async def scene() -> list[str]:
        watcher = ChangeWatcher(token)
        waits = [asyncio.create_task(watcher.after("1", 25)) for _ in range(20)]
        await asyncio.sleep(0.05)
        token.value = 2
        return await asyncio.gather(*waits)

    assert asyncio.run(scene()) == ["2"] * 20


def test_a_wait_ends_without_a_change() -> None:
    assert asyncio.run(ChangeWatcher(_Clockwork()).after("1", 0.05)) == "1"


def test_a_database_that_comes_back_is_noticed() -> None:
    token = _Clockwork()

    async def scene() -> str:
        watcher = ChangeWatcher(token)
        wait = asyncio.create_task(watcher.after("1", 25))
        await asyncio.sleep(0.03)
        token.broken, token.value = 3, 2
        return await wait

    assert asyncio.run(scene()) == "2"
    assert token.broken == 0


def test_closing_sends_everybody_home() -> None:
    async def scene() -> str:
        watcher = ChangeWatcher(_Clockwork())
        wait = asyncio.create_task(watcher.after("1", 25))
        await asyncio.sleep(0.03)
        watcher.close()
        return await wait

    assert asyncio.run(scene()) == "1"


def test_more_than_the_server_bears_are_asked_to_come_back() -> None:
    async def scene() -> None:
        watcher = ChangeWatcher(_Clockwork(), most_waiting=1)
        wait = asyncio.create_task(watcher.after("1", 25))
        await asyncio.sleep(0.03)
        try:
            with pytest.raises(TooBusy):
                await watcher.after("1", 25)
        finally:
            watcher.close()
            await wait

    asyncio.run(scene())


def test_nobody_waiting_means_nobody_looking() -> None:
    token = _Clockwork()

    async def scene() -> int:
        watcher = ChangeWatcher(token)
        await watcher.after("1", 0.03)
        await asyncio.sleep(0.03)
        asked = token.asked
        await asyncio.sleep(0.05)
        return token.asked - asked

    assert asyncio.run(scene()) == 0
