"""Measure speed on this machine: medians of several runs, and the engine's share of each goal.

    bench.py [--quick] [--only engine|due|desk] [--sizes 10000,100000] [--databases sqlite,postgresql] [--keep FOLDER]

The desk is measured with as many complaints as the sizes say; what was laid in stays in the folder for the next time.

Texts are written here, so that a bench needs no data; every sentence of a reply is varied, so that nothing is answered
from memory. What was measured is written into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_page import Figure, put
from postgres import find_postgres, running_postgres

from amends.engine.audit import check, look_at
from amends.engine.causes import propose_cause
from amends.engine.conversation import Conversation, Turn
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_figures: list[Figure] = []
CALENDAR = WorkingCalendar.office(zone=UTC)
COMPLAINTS = {
    "en": "This is the third time I write. The parcel with my daughter's present has not come and nobody calls back.",
    "fa": "این سومین بار است که می‌نویسم. بستهٔ هدیهٔ دخترم نرسیده و هیچ‌کس زنگ نمی‌زند.",
    "mn": "Гурав дахь удаагаа бичиж байна. Охины минь бэлэг ирээгүй, хэн ч буцааж залгахгүй байна.",
    "tr": "Üçüncü kez yazıyorum. Kızımın hediyesi hâlâ gelmedi, kimse geri aramıyor.",
}
REPLIES = {
    "en": "Dear Ms Shaw, I am sorry that the present number {n} did not come. I have asked depot {n} about it and will"
    " call you by Thursday at 17:00. Our policy {n} does not allow a refund before the search ends. ",
    "fa": "خانم کریمی گرامی، متأسفم که هدیهٔ شمارهٔ {n} نرسیده است. از انبار {n} پرسیده‌ام و تا پنجشنبه ساعت ۱۷ با شما"
    " تماس می‌گیرم. طبق مقررات {n} پیش از پایان جست‌وجو بازپرداخت ممکن نیست. ",
    "mn": "Эрхэм Болд танаа, {n} дугаар бэлэг ирээгүйд уучлалт гуйя. {n} дугаар агуулахаас асуусан, пүрэв гарагийн 17"
    " цагт тан руу залгана. {n} дугаар журмын дагуу хайлт дуустал мөнгийг буцаах боломжгүй. ",
    "tr": "Ayşe Hanım, {n} numaralı hediye gelmediği için üzgünüm. {n} numaralı depoya sordum, perşembe 17:00'ye"
    " kadar sizi arayacağım. {n} numaralı prosedür gereği arama bitmeden iade yapamıyoruz. ",
}


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs, and a tenth of the promises")
    parser.add_argument("--only", choices=["engine", "due", "desk", "figures"])
    parser.add_argument("--figures", type=int, default=1_000_000, help="complaints under the pages of figures")
    parser.add_argument("--sizes", default="10000,100000", help="complaints, separated by commas")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument(
        "--cues-only", action="store_true", help="the desk as where the learned reader is not installed"
    )
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "amends-bench")
    asked = parser.parse_args()
    if asked.only in {None, "engine"}:
        engine(runs=3 if asked.quick else 9)
        put("Reading and judging", _figures, on=today())
    if asked.only in {None, "due"}:
        due(size=10_000 if asked.quick else 100_000)
    if asked.only in {None, "desk"}:
        sizes = [10_000] if asked.quick else sorted(map(int, asked.sizes.split(",")))
        desk(sizes=sizes, databases=asked.databases.split(","), keep=asked.keep, cues_only=asked.cues_only)
    if asked.only in {None, "figures"}:
        for database in asked.databases.split(","):
            if database == "postgresql" and find_postgres() is None:
                print("PostgreSQL: not found")
                continue
            figures(size=20_000 if asked.quick else asked.figures, database=database, keep=asked.keep)


def figures(*, size: int, database: str, keep: Path) -> None:
    """Measure the pages of figures, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "figures.json"
        program = Path(__file__).with_name("bench_insight.py")
        data = keep / f"figures-{database}-{size}"
        arguments = ["--size", str(size), "--database", database, "--data", str(data), "--result", str(place)]
        subprocess.run([sys.executable, str(program), *arguments], check=True)
        found = json.loads(place.read_text(encoding="utf-8"))
    p95 = found["p95_ms"]
    told = [
        Figure(what="complaints", figure=f"{found['complaints']:,.0f}"),
        Figure(what="every page under every choice, p95", figure=f"{p95:.0f} ms", goal="400 ms", met=p95 < 400),
        Figure(what="the middle one", figure=f"{found['median_ms']:.0f} ms"),
        Figure(
            what="lists behind figures, p95", figure=f"{found['lists_p95_ms']:.0f} ms", goal="400 ms",
            met=found["lists_p95_ms"] < 400,
        ),
        Figure(what="the longest one", figure=f"{found['most_ms']:.0f} ms"),
        Figure(what="the first of a process that has just begun", figure=f"{found['first_look_ms']:.0f} ms"),
        Figure(what="folding 60 touched complaints into their days", figure=f"{found['fold_s']:.2f} s"),
        Figure(what="memory of the process", figure=f"{found['memory_mb']:.0f} MB"),
    ]  # fmt: skip
    if "rebuild_s" in found:
        told.append(Figure(what="making all days anew", figure=f"{found['rebuild_s']:.0f} s"))
    note = "Sixty complaints had been touched since their days were kept."
    put(f"Pages of figures, {DATABASES[database]}", told, on=today(), note=note)


def engine(*, runs: int) -> None:
    """Measure reading and judging."""
    for language in COMPLAINTS:
        check(_talk(language, 0), language=language)  # cue files are read once; the cold start is measured apart
        report(
            f"draft of 1,200 characters with context, {language}", median(lambda n, c=language: draft(c, n), runs), 10
        )
    for language in COMPLAINTS:
        took = median(lambda n, c=language: [reply(c, at) for at in range(n * 100, n * 100 + 20)], runs)
        rate("short replies judged, " + language, 20_000 / took, goal=2000)
    for language in COMPLAINTS:
        took = median(lambda n, c=language: [promises(c, n * 100 + at) for at in range(20)], runs)
        rate("promises found, replies, " + language, 20_000 / took)
    took = median(lambda n: [cause(c, n) for c in COMPLAINTS], runs)
    rate("cause proposed, complaints", 4_000 / took)
    took = median(lambda n: [look_at(_talk(c, n * 100 + at)) for c in COMPLAINTS for at in range(5)], runs)
    rate("audit, messages, one process", 40_000 / took)
    report("cold start of `amends check`, tr", median(lambda _: cold(), min(runs, 5)), 500)


def due(*, size: int) -> None:
    """Measure the watch over promises and clocks, on SQLite and on PostgreSQL where it is found."""
    _watch("SQLite", size=size, env={})
    if home := find_postgres():
        with running_postgres(home) as url:
            _watch("PostgreSQL", size=size, env={"DATABASE_URL": url})
    else:
        print("PostgreSQL: not found")


def _watch(name: str, *, size: int, env: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "figures.json"
        program = Path(__file__).with_name("bench_due.py")
        database = "postgresql" if env else "sqlite"
        arguments = ["--database", database, "--result", str(place), "--size", str(size)]
        subprocess.run([sys.executable, str(program), *arguments], env={**os.environ, **env}, check=True)
        write_watch(name, json.loads(place.read_text(encoding="utf-8")))


def write_watch(name: str, found: dict[str, float]) -> None:
    """Print and keep what `bench_due.py` found."""
    acted, of = found["due"], found["due_of"]
    figures = [
        Figure(what="open promises and running clocks", figure=f"{found['promises']:,.0f} and {found['clocks']:,.0f}"),
        Figure(
            what="a pass at rest, both watches", figure=f"{found['pass_ms']:.1f} ms", goal="50 ms",
            met=found["pass_ms"] < 50,
        ),
        Figure(what="noticing that no calendar changed", figure=f"{found['digest_ms']:.1f} ms"),
        Figure(
            what=f"{acted:.0f} of {of:.0f} due in one moment, one worker: the middle one acted on after",
            figure=f"{found['middle_s']:.1f} s", goal="5 s", met=found["middle_s"] <= 5,
        ),
        Figure(what="the first one", figure=f"{found['first_s']:.1f} s", goal="5 s", met=found["first_s"] <= 5),
        Figure(what="the last one", figure=f"{found['last_s']:.1f} s", goal="5 s", met=found["last_s"] <= 5),
        Figure(what="time of the processor for all of them", figure=f"{found['worked_s']:.1f} s"),
        Figure(
            what="counting all clocks anew after a calendar change", figure=f"{found['recount_s']:.1f} s", goal="60 s",
            met=found["recount_s"] < 60,
        ),
        Figure(
            what="time of the processor for that, without the database's own",
            figure=f"{found['recount_worked_s']:.1f} s",
        ),
    ]  # fmt: skip
    for one in figures:
        print(f"{name + ': ' + one.what:90}{one.figure:>18}", flush=True)
    put(f"Promises and clocks, {name}", figures, on=today(), note="Half of what falls due are promises.")


def desk(*, sizes: Sequence[int], databases: Sequence[str], keep: Path, cues_only: bool) -> None:
    """Measure the desk with so many complaints on each database."""
    for database in databases:
        if database == "postgresql" and find_postgres() is None:
            print("PostgreSQL: not found")
            continue
        found = {}
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder) / "figures.json"
                program = Path(__file__).with_name("bench_desk.py")
                arguments = ["--database", database, "--size", str(size), "--keep", str(keep), "--result", str(place)]
                arguments += ["--cues-only"] if cues_only else []
                print(f"{database}, {size:,} complaints", flush=True)
                subprocess.run([sys.executable, str(program), *arguments], check=True)
                found[size] = json.loads(place.read_text(encoding="utf-8"))
            write_desk(database, found[size])
        if len(found) > 1:
            write_growth(database, found)


DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
GOALS = {"view": 60, "counts": 60, "conversation": 60, "search": 100, "reply": 80}
SEED_GOAL = 600  # seconds for a million on PostgreSQL
MEMORY_GOALS = {"best": 650, "cues": 500}  # megabytes: with the learned reader, and without
GROWTH_GOAL = 1.5


def _goal(name: str) -> int:
    return next(goal for begins, goal in GOALS.items() if name.startswith(begins))


def write_desk(database: str, found: dict[str, Any]) -> None:
    """Keep what `bench_desk.py` found of one size."""
    asked = [("paced", name, told) for name, told in found["groups"].items()]
    asked += [("flat out", name, told) for name, told in found["flat_out"].items()]
    figures = [
        Figure(
            what=name,
            figure=f"{told['p50']:.0f} / {told['p95']:.0f} ms, processor {told['processor']:.0f} ms"
            + (f", {told['wrong']} of {told['asked']} refused" if told["wrong"] else ""),
            goal=f"{_goal(name)} ms" if how == "paced" else "",
            met=(told["p95"] < _goal(name) and not told["wrong"]) if how == "paced" else None,
        )
        for how, name, told in asked
    ]
    memory, memory_goal = found["memory"], MEMORY_GOALS["cues" if found["cues_only"] else "best"]
    is_large = database == "postgresql" and found["size"] >= 1_000_000
    figures += [
        Figure(
            what="memory of all processes together, the most (PSS)", figure=f"{memory['most']:.0f} MB",
            goal=f"{memory_goal} MB", met=memory["most"] < memory_goal,
        ),
        Figure(
            what="of it at the end: two web processes, a worker, what started them",
            figure=" + ".join(f"{memory[f'amends {one}']:.0f}" for one in ("web", "worker", "serve")) + " MB",
        ),
        Figure(
            what="before the first question",
            figure=f"{memory['at_rest']:.0f} MB",
        ),
        Figure(
            what="laying in the complaints", figure=f"{found['seeded_s']:.0f} s",
            goal=f"{SEED_GOAL} s" if is_large else "", met=found["seeded_s"] < SEED_GOAL if is_large else None,
        ),
    ]  # fmt: skip
    note = "Two web processes, eight connections that rest a quarter of a second between questions; p50 / p95."
    by = ", by cues alone" if found["cues_only"] else ""
    put(f"The desk with {found['size']:,} complaints, {DATABASES[database]}{by}", figures, on=today(), note=note)


def write_growth(database: str, found: dict[int, dict[str, Any]]) -> None:
    """Keep how much slower the largest size is than the smallest."""
    small, large = min(found), max(found)
    figures = []
    for name, told in found[large]["groups"].items():
        before = found[small]["groups"][name]
        times, work = (told[one] / max(before[one], 0.1) for one in ("p95", "processor"))
        figures.append(
            Figure(
                what=name, figure=f"{times:.2f} times, processor {work:.2f} times", goal=f"{GROWTH_GOAL} times",
                met=times <= GROWTH_GOAL,
            )
        )  # fmt: skip
    put(f"The desk with {large:,} complaints against {small:,}, {DATABASES[database]}", figures, on=today())


def today() -> date:
    return datetime.now(tz=UTC).date()


def draft(language: str, n: int) -> None:
    """Judge a long draft behind a short conversation."""
    text = "".join(REPLIES[language].format(n=n * 1000 + at) for at in range(12))[:1200]
    check(_talk(language, n, text), language=language)


def reply(language: str, n: int) -> None:
    """Judge one short reply."""
    said = Turn(by="agent", text=REPLIES[language].format(n=n), language=language)
    check(Conversation(id="b", turns=(said,), as_of=NOW), language=language)


def promises(language: str, n: int) -> None:
    """Find the promises of one short reply."""
    find_promises(REPLIES[language].format(n=n), language=language, now=NOW, calendar=CALENDAR)


def cause(language: str, n: int) -> None:
    """Propose the cause of one complaint."""
    said = Turn(by="customer", text=f"{COMPLAINTS[language]} {n}", language=language)
    propose_cause(Conversation(id="b", turns=(said,), as_of=NOW), language=language)


def cold() -> None:
    """Start the command anew, as a shell or a hook does."""
    amends = Path(sys.executable).with_name("amends")
    subprocess.run(
        [str(amends), "check", "--language", "tr"],
        input=REPLIES["tr"].format(n=1).encode(),
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        check=False,
    )


def median(work: Callable[[int], object], runs: int) -> float:
    """Return the median of several runs in milliseconds; each run is told its number, to vary its texts."""
    took = []
    for n in range(1, runs + 1):
        begins = time.perf_counter()
        work(n)
        took.append(1000 * (time.perf_counter() - begins))
    return statistics.median(took)


def report(what: str, took: float, goal: float) -> None:
    """Print a time beside its goal."""
    print(f"{what:48}{took:>9.1f} ms{took / goal:>8.0%} of {goal:.0f} ms", flush=True)
    _figures.append(Figure(what=what, figure=f"{took:.1f} ms", goal=f"{goal:.0f} ms", met=took < goal))


def rate(what: str, each_second: float, *, goal: float = 0) -> None:
    """Print how many of something are done in a second, and keep it beside its goal where there is one."""
    print(f"{what:48}{each_second:>9.0f} a second", flush=True)
    told, met = (f"{goal:,.0f} a second", each_second >= goal) if goal else ("", None)
    _figures.append(Figure(what=what, figure=f"{each_second:,.0f} a second", goal=told, met=met))


def _talk(language: str, n: int, text: str = "") -> Conversation:
    said = text or REPLIES[language].format(n=n)
    turns = (
        Turn(by="customer", text=f"{COMPLAINTS[language]} {n}", language=language),
        Turn(by="agent", text=said, language=language),
    )
    return Conversation(id="b", turns=turns, as_of=NOW)


if __name__ == "__main__":
    main()
