"""Load the desk with people: so many agents and customers act for some minutes on PostgreSQL, and every act is timed.

    bench_load.py [--agents 500] [--customers 5000] [--minutes 10] [--webs 2] [--complaints 20000] [--burst]
                  [--keep FOLDER] [--port 8801] [--log FILE] [--result FILE]

The desk is served as `amends serve --web-processes 2` serves it; what it says is kept in the log. Who acts when is
drawn from a seed. All come over real HTTP, customers each from an address of their own. The times are those that who
asks sees, the processor shared with this program and the database.

People act as people do; where their rhythm comes from stands in docs/benchmarks.md. An agent answers some complaints an
hour: chooses one in the list, reads it, types an answer key by key while the page saves the draft and the coach reads
it at pauses, sends it, and rests until the next one. Their page does all that the browser's does: it asks for what
stands beside a conversation, says every so often that it is there, hears of news and draws its list anew. A customer
complains by the form, looks at their page, writes again, or chats.

With `--burst` nobody rests: as many acts as the desk answers, which says what it can do and no more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bench_desk
import processes
from acting import Crowd, Pauses, asked_for, lay_out
from browsing import Record
from postgres import find_postgres


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--customers", type=int, default=5000, help="within ten minutes")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--complaints", type=int, default=20_000, help="that are there before")
    parser.add_argument("--burst", action="store_true", help="nobody rests: what the desk can answer at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--keep", type=Path, help="where the desk stays for the next run, which begins with it")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "amends-load.log")
    parser.add_argument("--result", type=Path)
    asked = parser.parse_args()
    if (home := find_postgres()) is None:
        raise SystemExit("No PostgreSQL server found.")
    with ExitStack() as stack:
        folder, company = lay_out(stack, home, asked)
        desk = processes.served(stack, asked.port, webs=asked.webs, log=asked.log)
        database = int((folder / "postgresql/data/postmaster.pid").read_text(encoding="ascii").split()[0])
        record = Record()
        memory: list[float] = []
        wanted = asked_for(agents=asked.agents, customers=asked.customers, pauses=Pauses())
        if not asked.burst:
            words = ", ".join(f"{who} {often:.0f}" for who, often in wanted.items())
            print(f"asked for: {sum(wanted.values()):.0f} a second ({words})", flush=True)

        def look() -> None:
            memory.append(processes.memory([desk]))

        async def run() -> dict[str, float]:
            await processes.up(asked.port)
            await asyncio.sleep(bench_desk.SETTLING)
            begins, worked = time.perf_counter(), _worked(desk.pid, database)
            crowd = Crowd(record, company, port=asked.port, seed=asked.seed, burst=asked.burst)
            await crowd.act(customers=asked.customers, minutes=asked.minutes, look=look)
            took = time.perf_counter() - begins
            cores = {name: (now - worked[name]) / took for name, now in _worked(desk.pid, database).items()}
            return {"seconds": took} | cores

        shares = asyncio.run(run())
        found = {
            "agents": asked.agents, "customers": asked.customers, "minutes": asked.minutes, "burst": asked.burst,
            "asked_for": wanted,
            "acts": record.told(), "wrong": dict(record.wrong), "said": record.said, "memory_mb": memory,
            "answers_per_second": record.asked / shares["seconds"], "cores": shares,
        }  # fmt: skip
    if asked.result is not None:
        asked.result.write_text(json.dumps(found), encoding="utf-8")
    _tell(record, shares, memory)
    print(f"What the desk said is in {asked.log}.")
    if record.wrong:
        raise SystemExit(1)


def _tell(record: Record, shares: dict[str, float], memory: list[float]) -> None:
    print("\n".join(record.lines()))
    everything = sorted(second for times in record.took.values() for second in times)
    print(
        f"all: {len(everything)} answers, {len(everything) / shares['seconds']:.1f} a second;"
        f" p50 {1000 * statistics.median(everything):.0f} ms,"
        f" p95 {1000 * everything[int(0.95 * len(everything))]:.0f} ms"
    )
    cores = ", ".join(f"{name} {shares[name]:.2f}" for name in ("desk", "database", "this program"))
    print(f"cores: {cores}; memory from {memory[0]:.0f} to {memory[-1]:.0f} MB")
    print("\n".join(record.troubles()))


def _worked(desk: int, database: int) -> dict[str, float]:
    """The processor's seconds that each part has had so far."""
    return {
        "desk": processes.worked(desk),
        "database": processes.worked(database),
        "this program": time.process_time(),
    }


if __name__ == "__main__":
    main()
