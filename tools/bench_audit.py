"""Measure an audit: time and memory of 50,000 messages on all cores, and what that says of a million.

    bench_audit.py [MESSAGES]

Texts are the training stories of the causes, put together anew for each conversation; of each sentence of a customer
two words are left out at random, so that hardly a text or a sentence comes twice. Replies begin with one of a few
formulas, as replies do. Where fewer than a million are run the rest is a sum: time grows with the messages; memory is
told at two sizes, and what a conversation adds to it is carried on.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "training" / "causes")]
from bench_page import Figure, put  # noqa: E402
from complaints import Labelled, read_complaints  # noqa: E402

MESSAGES = 50_000
A_TALK = 4
MILLION = 1_000_000
REPLIES = {
    "en": "Dear customer, I am sorry about {n}. I have asked and will call you on Thursday by 17:00.",
    "fa": "مشتری گرامی، بابت {n} متأسفم. پرسیده‌ام و پنجشنبه تا ساعت ۱۷ تماس می‌گیرم.",
    "mn": "Эрхэм үйлчлүүлэгч, {n} болсонд уучлаарай. Асуусан, пүрэв гарагт 17 цаг гэхэд залгана.",
    "tr": "Sayın müşterimiz, {n} için üzgünüm. Sordum, perşembe 17:00'ye kadar arayacağım.",
}


def talks(many: int) -> Iterator[str]:
    """Yield conversations of A_TALK messages, a line each."""
    dice = random.Random(7)  # noqa: S311  # the same texts each time
    told: dict[str, list[Labelled]] = {}
    for one in read_complaints():
        told.setdefault(one.language, []).append(one)
    begin = datetime(2026, 1, 5, 9, tzinfo=UTC)
    for number in range(many // A_TALK):
        code = dice.choice(sorted(told))
        one, other = dice.sample(told[code], 2)
        said = [
            ("customer", thinned(one.text, dice)), ("agent", f"{REPLIES[code].format(n=number)} {other.note}"),
            ("customer", thinned(other.text, dice)), ("agent", f"{one.note} {REPLIES[code].format(n=number + 1)}"),
        ]  # fmt: skip
        turns = [
            {"by": by, "text": text.strip(), "language": code, "at": (begin + timedelta(hours=number + at)).isoformat()}
            for at, (by, text) in enumerate(said)
        ]
        end = (begin + timedelta(hours=number + A_TALK)).isoformat()
        yield json.dumps({"version": 1, "id": str(number), "as_of": end, "turns": turns}, ensure_ascii=False)


def thinned(text: str, dice: random.Random) -> str:
    """Return a text with two words of each sentence left out."""
    found = []
    for sentence in re.split(r"(?<=[.!?؟])\s+", text):
        words = sentence.split()
        for _ in range(2 if len(words) > 5 else 0):
            del words[dice.randrange(len(words) - 1)]
        found.append(" ".join(words))
    return " ".join(found)


def audited(many: int) -> tuple[float, float]:
    """Audit so many messages; return seconds and the most megabytes (PSS) of all its processes together."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "talks.jsonl"
        with export.open("w", encoding="utf-8") as file:
            file.writelines(f"{one}\n" for one in talks(many))
        began = time.perf_counter()
        run = subprocess.Popen(
            [sys.executable, "-m", "amends.cli", "audit", str(export), "--out", f"{folder}/out"],
            stdout=subprocess.DEVNULL,
        )
        most = 0.0
        while run.poll() is None:
            most = max(most, sum(map(_megabytes, _family(run.pid))))
            time.sleep(0.5)
        if run.returncode:
            sys.exit(f"bench_audit: the audit ended with {run.returncode}.")
        return time.perf_counter() - began, most


def _family(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(one) for thread in threads for one in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(child))]


def _megabytes(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pss:"))) / 1024


def main() -> None:
    """Measure a fifth and the whole, reckon a million where fewer are asked for, and write the page."""
    many = int(sys.argv[1]) if sys.argv[1:] else MESSAGES
    fewer = many // 5
    short, small = audited(fewer)
    took, most = audited(many)
    each = (took - short) / (many - fewer)  # without the start, which a million has once
    minutes = (took + each * max(0, MILLION - many)) / 60
    more = max(0.0, (most - small) / (many - fewer))
    memory = most + more * max(0, MILLION - many)
    reckoned = "" if many >= MILLION else "reckoned "
    figures = [
        Figure(what=f"{fewer:,} messages", figure=f"{short:.0f} s, {small:,.0f} MB"),
        Figure(what=f"{many:,} messages", figure=f"{took:.0f} s, {most:,.0f} MB"),
        Figure(what="a message more", figure=f"{each * 1000:.2f} ms, {1 / each:,.0f} a second"),
        Figure(what=f"a million, {reckoned}time", figure=f"{minutes:.1f} min", goal="8 min", met=minutes <= 8),
        Figure(what=f"a million, {reckoned}memory", figure=f"{memory:,.0f} MB", goal="2 GB", met=memory <= 2048),
    ]
    for one in figures:
        print(f"{one.what:32} {one.figure}")
    note = (
        f"`tools/bench_audit.py {many}`; conversations of {A_TALK} messages in four languages, read by cues on"
        f" {os.cpu_count()} cores; hardly a sentence of a customer comes twice."
    )
    if reckoned:
        note += f" The million was not run: it is the time of {many:,} and of each further message."
    put("An audit of a million messages", figures, on=date.today(), note=note)  # noqa: DTZ011  # where it was measured


if __name__ == "__main__":
    main()
