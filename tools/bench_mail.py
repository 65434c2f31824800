"""Measure how many mails are taken in: two processes, each mail kept raw, read, given an owner and acknowledged.

    bench_mail.py --database sqlite|postgresql --result FILE [--mails 600] [--together 25]

Runs on a database of its own. Every mail is somebody's first, in one of four languages, with the words of its own;
what is counted is whole mails, from raw bytes to 'taken in': kept raw and committed, parsed, held against what is
known by every key, on a complaint with a number, an owner, clocks and a promised next word, found by search, and the
letter that says so in the outbox. They come as from a mailbox in which very many lie, so many in one breath. A mail's
own time goes from the moment in which its bytes are handed over until that letter stands in the outbox, the others of
its breath included.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from email.message import EmailMessage
from itertools import batched
from pathlib import Path

PROCESSES = 2
WARM = 8  # mails of each process before the clock starts: cue files are read once
WORDS = {
    "en": "The parcel number {n} with my daughter's present has not come, and nobody calls back. Please help.",
    "fa": "بستهٔ شمارهٔ {n} با هدیهٔ دخترم نرسیده است و هیچ‌کس زنگ نمی‌زند. لطفاً کمک کنید.",
    "mn": "Охины минь бэлэгтэй {n} дугаар илгээмж ирээгүй, хэн ч буцааж залгахгүй байна. Туслаач.",
    "tr": "Kızımın hediyesi olan {n} numaralı kargo gelmedi, kimse geri aramıyor. Lütfen yardım edin.",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--mails", type=int, default=600)
    parser.add_argument("--together", type=int, default=25)
    parser.add_argument("--feeder", type=int)
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.desk.settings"
    if asked.feeder is not None:
        asked.result.write_text(
            json.dumps(feed(asked.feeder, count=asked.mails, together=asked.together)), encoding="utf-8"
        )
        return
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        os.environ["AMENDS_DATA"] = folder
        if asked.database == "sqlite":
            os.environ.pop("DATABASE_URL", None)
        sys.path.insert(0, str(Path(__file__).resolve().parent))
        asked.result.write_text(
            json.dumps(measure(mails=asked.mails, together=asked.together, folder=Path(folder))), encoding="utf-8"
        )


def measure(*, mails: int, together: int, folder: Path) -> dict[str, float]:
    """Lay out a desk, let two processes take in at once, and look whether every mail is in once."""
    import django

    django.setup()
    from crowd import people
    from django.db import connection, connections

    from amends.desk.channels.models import Arrival, Outgoing
    from amends.desk.upkeep import tables

    if tables.are_missing(connection):
        tables.lay_out(connection)
    people()
    connections.close_all()
    each = mails // PROCESSES
    places = [folder / f"feeder-{n}.json" for n in range(PROCESSES)]
    feeders = [
        subprocess.Popen(
            [
                *(sys.executable, __file__, "--result", str(place), "--mails", str(each)),
                *("--together", str(together), "--feeder", str(n)),
            ]
        )
        for n, place in enumerate(places)
    ]  # fmt: skip
    if any(feeder.wait() for feeder in feeders):
        raise SystemExit("A process that takes in mails failed.")
    told = [json.loads(place.read_text(encoding="utf-8")) for place in places]
    took = [one for each_told in told for one in each_told["took"]]
    began, ended = min(one["began"] for one in told), max(one["ended"] for one in told)
    taken = Arrival.objects.filter(state="taken-in").count()
    if taken != PROCESSES * (each + WARM) or Outgoing.objects.count() != taken:
        raise SystemExit(f"{taken} arrivals were taken in, and {Outgoing.objects.count()} letters written.")
    return {
        "mails": len(took),
        "rate": len(took) / (ended - began),
        "work_ms": 1000 * sum(one["worked"] for one in told) / len(took),
        "p50_ms": 1000 * statistics.median(took),
        "p95_ms": 1000 * statistics.quantiles(took, n=20)[18],
        "last_ms": 1000 * max(took),
    }


def feed(which: int, *, count: int, together: int) -> dict[str, object]:
    """Take in so many mails, as many together as a fetcher takes when they lie there."""
    read_in()
    take_in([first_mail(which, n) for n in range(WARM)])
    raws = [first_mail(which, n) for n in range(WARM, WARM + count)]
    # Both begin together: at the next whole moment that both reach.
    time.sleep(max(0.0, 10 - time.time() % 10))
    began, worked, took = time.time(), time.process_time(), []
    for some in batched(raws, together, strict=False):
        at = time.perf_counter()
        take_in(some)
        took += [time.perf_counter() - at] * len(some)
    return {"began": began, "ended": time.time(), "worked": time.process_time() - worked, "took": took}


def read_in() -> None:
    """Load what a worker of `amends serve` holds, and keep the collector from walking through it."""
    import django

    django.setup()
    from amends.desk.coaching import warming

    warming.warm_cues()  # else the first mail would read them with the database in its hand
    gc.collect()
    gc.freeze()


def take_in(raws: Sequence[bytes]) -> None:
    """Keep mails and read them, as a fetcher of a mailbox does."""
    from django.utils import timezone

    from amends.desk.channels import actions
    from amends.desk.channels.mail.identity import identity_of

    now = timezone.now()
    mails = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="bench")) for raw in raws]
    arrivals = actions.keep_mails(mails=mails, now=now)
    if actions.take_in_all(arrivals=arrivals, now=now) != len(raws):
        raise SystemExit(f"A mail was not taken in: {[arrival.problem for arrival in arrivals]}")


def first_mail(which: int, n: int) -> bytes:
    """Write somebody's first mail."""
    language = list(WORDS)[n % len(WORDS)]
    mail = EmailMessage()
    mail["From"] = f"Customer {which} {n} <customer{which}.{n}@mail.example>"
    mail["To"] = "desk@example.org"
    mail["Subject"] = f"Parcel {which}{n:06}"
    mail["Message-ID"] = f"<{which}.{n}@mail.example>"
    mail.set_content(WORDS[language].format(n=f"{which}{n:06}"))
    return mail.as_bytes()


if __name__ == "__main__":
    main()
