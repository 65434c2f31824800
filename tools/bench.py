"""Measure speed on this machine: medians of several runs, and the engine's share of each goal.

    bench.py [--quick]

Texts are written here, so that a bench needs no data; replies are varied so that nothing is answered from memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from amends.engine.audit import check, look_at
from amends.engine.causes import propose_cause
from amends.engine.conversation import Conversation, Turn
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CALENDAR = WorkingCalendar.office(zone=UTC)
COMPLAINTS = {
    "en": "This is the third time I write. The parcel with my daughter's present has not come and nobody calls back.",
    "fa": "این سومین بار است که می‌نویسم. بستهٔ هدیهٔ دخترم نرسیده و هیچ‌کس زنگ نمی‌زند.",
    "mn": "Гурав дахь удаагаа бичиж байна. Охины минь бэлэг ирээгүй, хэн ч буцааж залгахгүй байна.",
    "tr": "Üçüncü kez yazıyorum. Kızımın hediyesi hâlâ gelmedi, kimse geri aramıyor.",
}
REPLIES = {
    "en": "Dear Ms Shaw, I am sorry that the present number {n} did not come. I have asked the depot about it and will"
    " call you by Thursday at 17:00. Our policy does not allow a refund before the search ends. ",
    "fa": "خانم کریمی گرامی، متأسفم که هدیهٔ شمارهٔ {n} نرسیده است. از انبار پرسیده‌ام و تا پنجشنبه ساعت ۱۷ با شما تماس"
    " می‌گیرم. طبق مقررات پیش از پایان جست‌وجو بازپرداخت ممکن نیست. ",
    "mn": "Эрхэм Болд танаа, {n} дугаар бэлэг ирээгүйд уучлалт гуйя. Агуулахаас асуусан, пүрэв гарагийн 17 цагт тан руу"
    " залгана. Журмын дагуу хайлт дуустал мөнгийг буцаах боломжгүй. ",
    "tr": "Ayşe Hanım, {n} numaralı hediye gelmediği için üzgünüm. Depoya sordum, perşembe 17:00'ye kadar sizi"
    " arayacağım. Prosedür gereği arama bitmeden iade yapamıyoruz. ",
}


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs")
    runs = 3 if parser.parse_args().quick else 9
    for language in COMPLAINTS:
        check(_talk(language, 0), language=language)  # cue files are read once; the cold start is measured apart
        report(
            f"draft of 1,200 characters with context, {language}", median(lambda n, c=language: draft(c, n), runs), 150
        )
    for language in COMPLAINTS:
        took = median(lambda n, c=language: [reply(c, at) for at in range(n * 100, n * 100 + 20)], runs)
        print(f"{'short replies judged, ' + language:48}{20_000 / took:>9.0f} a second")
    for language in COMPLAINTS:
        took = median(lambda n, c=language: [promises(c, n * 100 + at) for at in range(20)], runs)
        print(f"{'promises found, replies, ' + language:48}{20_000 / took:>9.0f} a second")
    took = median(lambda n: [cause(c, n) for c in COMPLAINTS], runs)
    print(f"{'cause proposed, complaints':48}{4_000 / took:>9.0f} a second")
    took = median(lambda n: [look_at(_talk(c, n * 100 + at)) for c in COMPLAINTS for at in range(5)], runs)
    print(f"{'audit, messages, one process':48}{40_000 / took:>9.0f} a second")
    report("cold start of `amends check`, tr", median(lambda _: cold(), min(runs, 5)), 500)


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


def _talk(language: str, n: int, text: str = "") -> Conversation:
    said = text or REPLIES[language].format(n=n)
    turns = (
        Turn(by="customer", text=f"{COMPLAINTS[language]} {n}", language=language),
        Turn(by="agent", text=said, language=language),
    )
    return Conversation(id="b", turns=turns, as_of=NOW)


if __name__ == "__main__":
    main()
