"""Measure an audit: time and memory of 50,000 messages on all cores, and what that says of a million.

    bench_audit.py [MESSAGES]
    bench_audit.py MESSAGES --make FILE     write the export, and measure nothing
    bench_audit.py --export FILE            audit that export whole, and reckon nothing

Texts are the training stories of the causes, put together anew for each conversation; of each sentence of a customer
two words are left out at random, so that hardly a text or a sentence comes twice. Replies begin with one of a few
formulas, as replies do. Where fewer than a million are run the rest is a sum: time grows with the messages; memory is
told at two sizes, and what a conversation adds to it is carried on: too much, for what is remembered of words and
sentences has a bound that a short run does not reach.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "training" / "causes")]
import processes  # noqa: E402
import scale_page  # noqa: E402
from bench_page import Figure, put  # noqa: E402
from complaints import Labelled, read_complaints  # noqa: E402

MESSAGES = 50_000
A_TALK = 4
_LOOKS = 3.0  # seconds between two looks at the memory, for looking is work too
MILLION = 1_000_000
_TEXTS = (
    f"conversations of {A_TALK} messages in four languages, read by cues on {os.cpu_count()} cores; hardly a"
    " sentence of a customer comes twice."
)
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


@dataclass(frozen=True, slots=True)
class Run:
    """What an audit took: seconds, seconds of processors, and megabytes (PSS) of all its processes, again and again."""

    seconds: float
    worked: float
    megabytes: tuple[float, ...]

    @property
    def most(self) -> float:
        """The most megabytes."""
        return max(self.megabytes, default=0.0)


def written(many: int, *, to: Path) -> Path:
    """Write an export of so many messages."""
    with to.open("w", encoding="utf-8") as file:
        file.writelines(f"{one}\n" for one in talks(many))
    return to


def audited(export: Path) -> Run:
    """Audit an export."""
    with tempfile.TemporaryDirectory() as folder:
        before, began = _worked(), time.perf_counter()
        run = subprocess.Popen(
            [sys.executable, "-m", "amends.cli", "audit", str(export), "--out", f"{folder}/out"],
            stdout=subprocess.DEVNULL,
        )
        seen: list[float] = []
        looked = began
        while run.poll() is None:
            if (now := time.perf_counter()) - looked >= _LOOKS:
                seen.append(processes.memory([run]))
                looked = now
            time.sleep(0.1)
        if run.returncode:
            sys.exit(f"bench_audit: the audit ended with {run.returncode}.")
        return Run(time.perf_counter() - began, _worked() - before, tuple(seen))


def made_and_audited(many: int) -> Run:
    """Audit so many messages; what writing them takes is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        return audited(written(many, to=Path(folder) / "talks.jsonl"))


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("messages", nargs="?", type=int, default=MESSAGES)
    parser.add_argument("--make", type=Path, help="write the export of so many messages there, and measure nothing")
    parser.add_argument("--export", type=Path, help="an export that --make wrote: audited whole")
    asked = parser.parse_args()
    if asked.make:
        written(asked.messages, to=asked.make)
    elif asked.export:
        whole(asked.export)
    else:
        reckoned(asked.messages)


def whole(export: Path) -> None:
    """Measure an audit of a whole export, and write the page."""
    with export.open("rb") as file:
        many = A_TALK * sum(1 for _ in file)
    run = audited(export)
    minutes, quarter = run.seconds / 60, run.megabytes[len(run.megabytes) // 4 :]
    asked = many >= MILLION
    _tell(
        [
            Figure(
                what=f"{many:,} messages, time", figure=f"{minutes:.1f} min", goal="8 min" if asked else "",
                met=minutes <= 8 if asked else None,
            ),
            Figure(
                what="memory of all processes, the most", figure=f"{run.most:,.0f} MB", goal="2 GB" if asked else "",
                met=run.most <= 2048 if asked else None,
            ),
            Figure(
                what="after a quarter of the time, and at the end",
                figure=f"{quarter[0]:,.0f} MB, {quarter[-1]:,.0f} MB" if quarter else "–",
            ),
            Figure(what="a message", figure=f"{run.seconds / many * 1000:.2f} ms, {many / run.seconds:,.0f} a second"),
            Figure(what="processor time of a message", figure=f"{run.worked / many * 1000:.2f} ms"),
        ],
        f"`tools/bench_audit.py --export`, all {many:,} messages; {_TEXTS}",
    )  # fmt: skip


def reckoned(many: int) -> None:
    """Measure a fifth and the whole, reckon a million where fewer are asked for, and write the page."""
    fewer = many // 5
    short, long = made_and_audited(fewer), made_and_audited(many)
    worked = (long.worked - short.worked) / (many - fewer)  # without the start, which a million has once
    # Where other work held up the short run more than the long one, a message more seems quicker than it can be.
    each = max((long.seconds - short.seconds) / (many - fewer), worked / (os.cpu_count() or 1))
    minutes = (long.seconds + each * max(0, MILLION - many)) / 60
    alone = (long.worked + worked * max(0, MILLION - many)) / (os.cpu_count() or 1) / 60
    more = max(0.0, (long.most - short.most) / (many - fewer))
    memory = long.most + more * max(0, MILLION - many)
    word = "" if many >= MILLION else "reckoned "
    note = f"`tools/bench_audit.py {many}`; {_TEXTS}"
    if word:
        note += f" The million was not run: it is the time of {many:,} and of each further message."
    _tell(
        [
            Figure(what=f"{fewer:,} messages", figure=f"{short.seconds:.0f} s, {short.most:,.0f} MB"),
            Figure(what=f"{many:,} messages", figure=f"{long.seconds:.0f} s, {long.most:,.0f} MB"),
            Figure(what="a message more", figure=f"{each * 1000:.2f} ms, {1 / each:,.0f} a second"),
            Figure(what="processor time of a message more", figure=f"{worked * 1000:.2f} ms"),
            Figure(what="a million, processor time shared by all cores", figure=f"{alone:.1f} min"),
            Figure(what=f"a million, {word}time", figure=f"{minutes:.1f} min", goal="8 min", met=minutes <= 8),
            Figure(what=f"a million, {word}memory", figure=f"{memory:,.0f} MB", goal="2 GB", met=memory <= 2048),
        ],
        note,
    )


def _tell(figures: list[Figure], note: str) -> None:
    for one in figures:
        print(f"{one.what:44} {one.figure}")
    put("An audit of a million messages", figures, on=date.today(), note=note)  # noqa: DTZ011  # where it was measured
    scale_page.write()  # the sum that is made of these figures


if __name__ == "__main__":
    main()
