from __future__ import annotations

import asyncio

import pytest

from amends.batch import source
from amends.batch.source import Pace


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_MOMENT", 0)
    monkeypatch.setattr(source, "_STUCK", 50)


class TestPace:
    def test_reading_waits_for_judging(self) -> None:
        async def walk() -> list[str]:
            pace, seen = Pace(ahead=100), []

            async def reading() -> None:
                for number in range(4):
                    await pace.go_on(64)
                    seen.append(f"read {number}")

            task = asyncio.create_task(reading())
            for _ in range(3):
                await asyncio.sleep(0)
            for number in range(3):
                seen.append(f"judged {number}")
                pace.came_out(64)
                for _ in range(3):
                    await asyncio.sleep(0)
            await task
            return seen

        assert asyncio.run(walk()) == ["read 0", "judged 0", "read 1", "judged 1", "read 2", "judged 2", "read 3"]

    def test_reading_goes_on_where_nothing_comes_out(self) -> None:
        async def walk() -> None:
            pace = Pace(ahead=10)
            for _ in range(3):
                await pace.go_on(64)

        asyncio.run(asyncio.wait_for(walk(), timeout=60))
