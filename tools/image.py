"""Build the image of deploy/Dockerfile and try it: alone on SQLite, then as deploy/compose.yaml has it.

    image.py [--only-build | --as-built] [--keep]

Where Docker with BuildKit and Compose answers, it is used. Elsewhere, as root on Linux with mmdebstrap installed, an
engine is made of Debian's packages under build/image, and so are the images that ours begin with: Debian itself under
its own name, and stand-ins for those of PostgreSQL and nginx. Where neither can be, that is said and nothing is done.

Alone: the image is looked through for what does not belong into it; it runs with nothing of itself writable; the first
administrator comes in with the setup code, a customer complains by the form, the desk finds it; the doctor, a backup, a
stop and a second start. Composed: first as the version before (the code of the last kept schema, on the same
packages), then as this one over it: prepared, two web servers, two workers, proxy, all healthy; people go on with what
they had written before; a web server is killed; a backup is made and restored; all is started again; each part stops
in its time.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import secrets
import shutil
import ssl
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from socket import create_connection
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import trustme

sys.path.insert(0, str(Path(__file__).resolve().parent))
from engine import Engine, Failed, debian, find_engine
from older import before, unpacked
from postgres import free_port

ROOT: Final = Path(__file__).resolve().parents[1]
PLACE: Final = ROOT / "build/image"
HOST: Final = "complaints.example.org"  # as in deploy/nginx.conf
BASE: Final = "debian:trixie-slim"
OURS: Final = "amends-tried"
PATIENCE: Final = 180.0
SITE: Final = "/opt/amends/lib/python3.13/site-packages"
FIRST: Final = {
    "organisation": "Erik Kargo",
    "language": "en",
    "time_zone": "Europe/Istanbul",
    "week": "mon-sat",
    "opens": "08:30",
    "closes": "17:00",
    "currency": "TRY",
    "country": "TR",
    "name": "Deniz Kaya",
    "email": "deniz@erik.example",
    "password": "yedi olgun erik",
}
TMP: Final = ("--tmpfs", "/tmp")  # noqa: S108 - in the container
PASSWORD: Final = "of-this-trial-alone"  # noqa: S105
STAND_INS: Final = {
    "postgres:17": f"""
FROM {BASE}
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-17 && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY begin /
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
ENTRYPOINT ["/bin/sh", "/begin"]
""",
    "nginx:stable": f"""
FROM {BASE}
RUN apt-get update && apt-get install --yes --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/* \\
    && rm /etc/nginx/sites-enabled/default && ln -sf /dev/stderr /var/log/nginx/error.log \\
    && ln -sf /dev/stdout /var/log/nginx/access.log
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
""",
}
# What PostgreSQL's image does at its first start, in short: a server that only its socket reaches, then the real one.
BEGIN_POSTGRES: Final = r"""
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    chown postgres "$PGDATA" && chmod 700 "$PGDATA"
    cp "$POSTGRES_PASSWORD_FILE" /tmp/password && chown postgres /tmp/password
    export PGPASSWORD=$(cat /tmp/password)
    first() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
    first initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 \
        --locale=C.UTF-8
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    first pg_ctl --wait --options="-c listen_addresses=''" start
    first createdb --username="$POSTGRES_USER" --maintenance-db=template1 "$POSTGRES_DB" || true
    first pg_ctl --wait stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -c "listen_addresses=*"
"""
# Each prints nothing where all is well. Migrations of Django's own are no tests; perl-base is Debian's own.
UNWANTED: Final = (
    "cd / && for one in gcc cc make git npm node uv pip; do command -v $one; done;"
    " find /opt /usr/local ! -user root; find /opt ! -type l -perm /022; ls -d /source 2>/dev/null;"
    f" find {SITE} -name tests -o -name '*.git' -o -name node_modules -o -name '*.env';"
    " find / -xdev -type d -writable ! -path '/proc/*' ! -path '/data*' ! -path '/home/amends*' ! -path '*/tmp'"
    " ! -path '/run/lock' 2>/dev/null"
)


class Wrong(Exception):
    """What was tried did not come out."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only-build", action="store_true", help="build the image and try nothing")
    parser.add_argument("--as-built", action="store_true", help="try what was built and kept the last time")
    parser.add_argument("--keep", action="store_true", help="keep an engine that was made for this, for the next time")
    asked = parser.parse_args()
    engine = find_engine(PLACE / "engine", ROOT)
    if isinstance(engine, str):
        tell(f"image: {engine}: left out")
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    try:
        if not asked.as_built:
            with engine.running(net="host"):
                build(engine)
        if not asked.only_build:
            with engine.running(net="own"):
                try_alone(engine)
                Composed(engine).tried()
    except (Failed, Wrong) as trouble:
        raise SystemExit(f"image: {trouble}") from None
    finally:
        if not asked.keep:
            engine.clear()
    tell("the image is well")


def tell(words: str) -> None:
    print(words, flush=True)


def wait_for(what: Callable[[], object], name: str) -> None:
    """Wait until something is so.

    :raises Wrong: if it is not in three minutes
    """
    until = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > until:
            raise Wrong(f"waited in vain for {name}")
        time.sleep(0.3)


# ── Building ─────────────────────────────────────────────────────────────────


def build(engine: Engine) -> None:
    """Build our image, that of the version before, and where there is no registry what they stand on."""
    options, network = [], []
    if engine.makes_its_bases:
        make_bases(engine)
        network = ["--network", "host"]  # it has no other while images are built
        options = ["--build-arg", f"WORKSHOP={workshop(engine)}"]
    begun = time.monotonic()
    dockerfile = str(ROOT / "deploy/Dockerfile")
    engine.docker("buildx", "build", "--load", *network, *options, "--file", dockerfile, "--tag", "amends", str(ROOT))
    engine.docker("tag", "amends", f"{OURS}:new")
    size = int(engine.docker("image", "inspect", "--format", "{{.Size}}", "amends"))
    tell(f"built in {time.monotonic() - begun:.0f} s: {size / 1e6:.0f} MB")
    for line in engine.docker("history", "--format", "{{.Size}}\t{{.CreatedBy}}", "amends").splitlines():
        if not line.startswith("0B"):
            tell(f"  {line[:110]}")
    build_older(engine, network)


def make_bases(engine: Engine) -> None:
    if BASE not in images(engine):
        tar = PLACE / "debian.tar"
        tar.unlink(missing_ok=True)
        debian(tar)
        engine.docker("import", str(tar), BASE)
        tar.unlink()
    for name, told in STAND_INS.items():
        if name in images(engine):
            continue
        folder = laid_out(f"stand-in-{name.partition(':')[0]}", {"Dockerfile": told, "begin": BEGIN_POSTGRES})
        engine.docker("buildx", "build", "--load", "--network", "host", "--tag", name, str(folder))
        tell(f"a stand-in for {name} was made of Debian's packages")


def images(engine: Engine) -> set[str]:
    return set(engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())


def workshop(engine: Engine) -> str:
    """Return where our image is built: Debian, which trusts whom this machine trusts, if somebody has said whom."""
    if not (trusted := os.environ.get("SSL_CERT_FILE")):
        return BASE
    place = "/usr/local/share/authorities.pem"
    names = " ".join(f"{name}={place}" for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"))
    told = f"FROM {BASE}\nCOPY authorities.pem {place}\nENV {names}\n"
    known = Path(trusted).read_text(encoding="ascii", errors="replace")
    folder = laid_out("workshop", {"Dockerfile": told, "authorities.pem": known})
    engine.docker("buildx", "build", "--load", "--tag", "amends-workshop", str(folder))
    return "amends-workshop"


def build_older(engine: Engine, network: list[str]) -> None:
    """Make an image of the version before: its code upon the packages of ours."""
    if (commit := before(ROOT)) is None:
        return
    exchanged = f"USER root\nRUN rm -r {SITE}/amends\nCOPY amends {SITE}/amends\nUSER amends\n"
    folder = laid_out("older", {"Dockerfile": f"FROM amends\n{exchanged}"})
    shutil.copytree(unpacked(commit, folder / "code") / "amends", folder / "amends", dirs_exist_ok=True)
    engine.docker("buildx", "build", "--load", *network, "--tag", f"{OURS}:older", str(folder))


def laid_out(name: str, files: dict[str, str]) -> Path:
    folder = PLACE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, told in files.items():
        (folder / file).write_text(told, encoding="utf-8")
    return folder


# ── A browser ────────────────────────────────────────────────────────────────


@dataclass
class Browser:
    """Somebody before a desk on this machine, by whatever name it has in the world."""

    port: int
    host: str = ""
    trusts: ssl.SSLContext | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"https://{self.host}" if self.trusts else f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, told: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page or send a form, and follow it; return status, path where it ended, and what stands there."""
        for _ in range(6):
            status, headers, body = self._once(path, told)
            if status not in {301, 302, 303}:
                return status, path, body
            to = urlsplit(urljoin(self.address + path, headers["location"]))
            path, told = to.path + (f"?{to.query}" if to.query else ""), None
        raise Wrong(f"{path} leads in a circle")

    def _once(self, path: str, told: dict[str, str] | None) -> tuple[int, dict[str, str], str]:
        headers = {"Host": self.host or f"127.0.0.1:{self.port}", "Referer": f"{self.address}{path}"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if told is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
            headers |= {"X-CSRFToken": self.cookies.get("__Host-csrftoken" if self.trusts else "csrftoken", "")}
            body = urlencode(told)
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        if self.trusts:
            line = HTTPSConnection(self.host, self.port, timeout=60, context=self.trusts)
            line.sock = self.trusts.wrap_socket(
                create_connection(("127.0.0.1", self.port), timeout=60), server_hostname=self.host
            )
        try:
            line.request("GET" if told is None else "POST", path, body, headers)
            answer = line.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self.cookies |= {key: one.value for key, one in SimpleCookie(value).items()}
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            line.close()

    def well(self, path: str, told: dict[str, str] | None = None) -> tuple[str, str]:
        """Do the same where nothing else than an answer will do.

        :raises Wrong: if it was not answered well
        """
        status, where, body = self.ask(path, told)
        if status not in {200, 204}:
            raise Wrong(f"{path}: {status} {re.sub(r'<[^>]+>', ' ', body)[:600]}")
        return where, body

    def answers(self, path: str = "/complain/") -> bool:
        try:
            return self.ask(path)[0] == 200
        except OSError:
            return False


def found(one: Browser, codes: list[str]) -> None:
    """Make the first administrator with the setup code.

    :param codes: one, or of servers of a version that has one each all of them, since any may answer
    :raises Wrong: if that was refused
    """
    if 'name="code"' not in one.well("/first-run/")[1]:
        raise Wrong("a first run from elsewhere does not ask for the setup code")
    for code in codes:
        where, page = one.well("/first-run/", {**FIRST, "code": code})
        if not where.startswith("/first-run/"):
            return
    raise Wrong(f"the first run was refused: {re.findall(r'error[^>]*>([^<]+)', page)}")


def codes_in(log: str) -> list[str]:
    """Return the setup codes that servers told."""
    return sorted(set(re.findall(r"setup code: ((?:[2-9A-Z]{4}-){2}[2-9A-Z]{4})", log)))


def complained(customer: Browser, administrator: Browser) -> tuple[str, str, str]:
    """Complain by the form and find it at the desk; return its word, its number and the customer's own page.

    :raises Wrong: if it is not there
    """
    _, form = customer.well("/complain/")
    time.sleep(4)  # nobody writes a complaint faster than three seconds
    word = f"tarhana{secrets.token_hex(4)}"
    hidden = {name: html.unescape(value) for name, value in re.findall(r'name="(stamp|once)" value="([^"]*)"', form)}
    who = {"text": f"My order of {word} has not come.", "name": "A customer", "email": f"{word}@customer.example"}
    own, _ = customer.well("/complain/", {**who, **hidden})
    if "/c/" not in own:
        raise Wrong(f"the complaint ended at {own}")
    return word, is_there(administrator, word), own


def is_there(administrator: Browser, word: str) -> str:
    """Return the number of the complaint with a word.

    :raises Wrong: if search does not find it
    """
    _, page = administrator.well(f"/desk/list/?{urlencode({'view': 'all', 'q': word})}")
    if not (numbers := set(re.findall(r'data-number="(\d+)"', page))):
        raise Wrong(f"search does not find {word}")
    number: str = numbers.pop()
    if word not in administrator.well(f"/desk/{number}/")[1]:
        raise Wrong(f"complaint {number} does not hold its own words")
    return number


def doctor(told: str) -> str:
    """Return how much the doctor saw.

    :raises Wrong: if something is broken
    """
    said = json.loads(told[told.index("{") :])
    look = [f"{one['title']}: {one['says']}" for one in said["checks"] if one["state"] != "well"]
    if said["state"] == "ill":
        raise Wrong(f"the doctor says: {look}")
    return f"{len(said['checks'])} things, to be looked at: {'; '.join(look) or 'none'}"


# ── Alone ────────────────────────────────────────────────────────────────────


def try_alone(engine: Engine) -> None:
    """Run one container on SQLite, nothing of it writable but its data.

    :raises Wrong: if something did not come out
    """
    remove = ("rm", "--force", "--volumes", f"{OURS}-alone")
    engine.docker(*remove)
    port = free_port()
    unwanted = engine.docker("run", "--rm", "amends", "sh", "-c", f"{UNWANTED}; true").split()
    if unwanted:
        raise Wrong(f"in the image: {unwanted[:20]}")
    tell("in the image: no compiler, no tests, nothing that is not root's; nothing writable but /data and /tmp")
    engine.docker(
        *(
            "run",
            "--detach",
            "--init",
            "--name",
            f"{OURS}-alone",
            "--publish",
            f"127.0.0.1:{port}:8000",
            "--volume",
            "/data",
        ),
        *("--read-only", *TMP, "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "amends"),
    )
    try:
        begun = time.monotonic()
        administrator, customer = Browser(port), Browser(port)
        wait_for(customer.answers, "a desk that answers")
        tell(f"alone: healthy after {time.monotonic() - begun:.1f} s")
        wait_for(lambda: "Ctrl-C" in engine.docker("logs", f"{OURS}-alone"), "its greeting")
        (code,) = codes_in(engine.docker("logs", f"{OURS}-alone"))
        found(administrator, [code])
        word, number, own = complained(customer, administrator)
        told = engine.docker("exec", f"{OURS}-alone", "sh", "-c", "amends doctor --json || [ $? = 1 ]")
        tell(f"alone: complaint {number}; the doctor saw {doctor(told)}")
        engine.docker("exec", f"{OURS}-alone", "amends", "backup", "/data/now.backup")
        begun = time.monotonic()
        engine.docker("stop", f"{OURS}-alone")
        taken = time.monotonic() - begun
        if ended(engine, f"{OURS}-alone") != 0:
            raise Wrong(f"it did not stop by itself within {taken:.1f} s")
        engine.docker("start", f"{OURS}-alone")
        wait_for(customer.answers, "a desk that answers again")
        if is_there(administrator, word) != number or word not in customer.well(own)[1]:
            raise Wrong("the complaint is lost")
        memory = engine.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", f"{OURS}-alone").split("/")[0]
        tell(f"alone: a backup; stopped in {taken:.1f} s; started again, and nothing is lost; it holds {memory}")
        # stopped in the middle of its start, when nobody listens yet
        engine.docker("restart", f"{OURS}-alone")
        engine.docker("stop", f"{OURS}-alone")
        if (code_of_end := ended(engine, f"{OURS}-alone")) not in {0, 143}:
            raise Wrong(f"it did not stop while it started: {code_of_end}")
    finally:
        engine.docker(*remove)


def ended(engine: Engine, name: str) -> int:
    return int(engine.docker("inspect", "--format", "{{.State.ExitCode}}", name))


# ── Composed ─────────────────────────────────────────────────────────────────


class Composed:
    """The services of deploy/compose.yaml, with names, ports and secrets of this trial."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.port = engine, free_port()
        authority = trustme.CA()
        self.trusts = ssl.create_default_context()
        authority.configure_trust(self.trusts)
        text = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
        for said, here in (
            ("name: amends\n", f"name: {OURS}\n"),
            ("  image: amends\n", f"  image: {OURS}\n"),
            ('"80:80"', f'"127.0.0.1:{free_port()}:80"'),
            ('"443:443"', f'"127.0.0.1:{self.port}:443"'),
        ):
            if text.count(said) != 1:
                raise Wrong(f"compose.yaml does not say {said.strip()} once")
            text = text.replace(said, here)
        self.folder = laid_out(
            "deploy",
            {
                "compose.yaml": text,
                "nginx.conf": (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"),
                "amends.env": self._filled_in(),
                "database.password": PASSWORD,
            },
        )
        certificate = authority.issue_cert(HOST)
        (self.folder / "certificates").mkdir()
        certificate.private_key_pem.write_to_path(str(self.folder / "certificates/privkey.pem"))
        for one in certificate.cert_chain_pems:
            one.write_to_path(str(self.folder / "certificates/fullchain.pem"), append=True)

    def _filled_in(self) -> str:
        """Return the example of settings as its own words say how to fill it in."""
        text = (ROOT / "deploy/amends.env.example").read_text(encoding="utf-8").replace("PASSWORD", PASSWORD, 1)
        text = text.replace("AMENDS_SECRET_KEY=", f"AMENDS_SECRET_KEY={secrets.token_urlsafe(50)}")
        return text.replace("AMENDS_MAILBOX_KEY=", f"AMENDS_MAILBOX_KEY={secrets.token_urlsafe(32)}=")

    def compose(self, *arguments: str) -> str:
        return self.engine.docker("compose", "--file", str(self.folder / "compose.yaml"), *arguments)

    def tried(self) -> None:
        """Go through everything.

        :raises Wrong: if something did not come out
        """
        self.compose("down", "--volumes", "--timeout", "1")
        try:
            self._go_through()
        except (Failed, Wrong, OSError):
            tell(self.compose("ps", "--all"))
            tell(self.compose("logs", "--tail", "40"))
            raise
        finally:
            self.compose("down", "--volumes", "--timeout", "20")

    def _go_through(self) -> None:
        has_older = f"{OURS}:older" in images(self.engine)
        self._up("older" if has_older else "new")
        administrator, customer = (Browser(self.port, HOST, self.trusts) for _ in range(2))
        found(administrator, self._setup_codes() * 4)
        word, number, own = complained(customer, administrator)
        tell(f"composed: the first administrator came in, complaint {number} is there")
        if has_older:
            self.engine.docker("tag", f"{OURS}:new", OURS)
            self.compose("run", "--rm", "prepare")
            administrator.well("/desk/")
            self._up("new")
            if is_there(administrator, word) != number or word not in customer.well(own)[1]:
                raise Wrong("the complaint of the version before is lost")
            tell("composed: this version over the one before; both sessions and the complaint went on")
        self._agree_on_the_code()
        self._see_inside(administrator)
        self._kill_one(administrator)
        self._back_up_and_restore(administrator, customer)
        word, number, own = complained(customer, administrator)
        self.compose("restart")
        wait_for(lambda: customer.answers() and administrator.answers("/desk/"), "a desk that answers again")
        if is_there(administrator, word) != number or word not in customer.well(own)[1]:
            raise Wrong("the complaint is lost")
        tell("composed: everything was started again, and nothing is lost")
        self._stop()

    def _up(self, version: str) -> None:
        self.engine.docker("tag", f"{OURS}:{version}", OURS)
        begun = time.monotonic()
        over, gap = threading.Event(), [0.0]
        asking = threading.Thread(target=self._longest_silence, args=(over, gap))
        asking.start()
        try:
            self.compose("up", "--detach", "--no-build", "--wait")
            one = Browser(self.port, HOST, self.trusts)
            wait_for(one.answers, "a desk behind the proxy")
        finally:
            over.set()
            asking.join()
        rows = self._rows()
        states = sorted(
            f"{row['Service']} {row['Health'] or row['State']}" for row in rows if row["State"] == "running"
        )
        if len(states) != 6:
            raise Wrong(f"running: {states}")
        for row in rows:
            if row["Service"] == "prepare" and row["ExitCode"] != 0:
                raise Wrong(f"prepare ended with {row['ExitCode']}")
        tell(f"composed ({version}): up after {time.monotonic() - begun:.0f} s: {', '.join(states)}")
        tell(f"composed ({version}): nobody answered for at most {gap[0]:.0f} s")

    def _longest_silence(self, over: threading.Event, gap: list[float]) -> None:
        one, last = Browser(self.port, HOST, self.trusts), time.monotonic()
        while not over.wait(0.5):
            if one.answers("/complain/"):
                last = time.monotonic()
            gap[0] = max(gap[0], time.monotonic() - last)

    def _rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines()]

    def _setup_codes(self) -> list[str]:
        wait_for(lambda: self.compose("logs", "web").count("setup code") == 2, "the setup code of both")
        return codes_in(self.compose("logs", "web"))

    def _agree_on_the_code(self) -> None:
        """Hear the setup code from two that share nothing but their settings.

        :raises Wrong: if they say different ones
        """
        ask = "import django; django.setup(); from amends.desk.people.setup_code import setup_code; print(setup_code())"
        codes = {
            self.compose("run", "--rm", "--no-deps", "--env", "DJANGO_SETTINGS_MODULE=amends.desk.settings",
                         "prepare", "python", "-W", "ignore", "-c", ask).split()[-1]
            for _ in range(2)
        }  # fmt: skip
        if len(codes) != 1:
            raise Wrong(f"two servers ask for two setup codes: {codes}")

    def _see_inside(self, administrator: Browser) -> None:
        for path in ("/ready", "/metrics"):
            if administrator.ask(path)[0] != 404:
                raise Wrong(f"the proxy lets {path} out")
        for at in (1, 2):
            said = self._exec(
                "web",
                at,
                "python",
                "-c",
                "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/ready').read().decode())",
            )
            if said.strip() != "ready":
                raise Wrong(f"web server {at} says {said}")
        told = self._exec("worker", 1, "sh", "-c", "amends doctor --json || [ $? = 1 ]")
        answered = Browser(self.port, HOST, self.trusts)._once("/complain/", None)[1]  # noqa: SLF001
        if "strict-transport-security" not in answered:
            raise Wrong("pages do not ask for HTTPS")
        told_of = answered.get("set-cookie", "__Host- secure")
        if not (told_of.startswith("__Host-") and "secure" in told_of.lower()):
            raise Wrong("a cookie may go over an open line, or be planted by a neighbour")
        tell(f"composed: both web servers are ready; the doctor saw {doctor(told)}")

    def _exec(self, service: str, at: int, *command: str) -> str:
        return self.compose("exec", "--no-TTY", "--index", str(at), service, *command)

    def _kill_one(self, administrator: Browser) -> None:
        """Kill a web server, and see that pages open on.

        :raises Wrong: if one does not
        """
        (name, *_) = [row["Name"] for row in self._rows() if row["Service"] == "web"]
        self.engine.docker("kill", name)
        for _ in range(20):
            administrator.well("/desk/counts/")
        self.engine.docker("start", name)
        tell("composed: one web server was killed, and each of 20 pages opened")

    def _back_up_and_restore(self, administrator: Browser, customer: Browser) -> None:
        """Make a backup, complain on, go back to it.

        :raises Wrong: if what was before is not there, or what came after it is
        """
        kept = self.folder / "kept"
        kept.mkdir(exist_ok=True)
        kept.chmod(0o777)
        word, number, _ = complained(customer, administrator)
        within = (
            "run",
            "--rm",
            "--no-deps",
            "--volume",
            f"{kept}:/kept",
            "--env",
            "AMENDS_BACKUP_PASSPHRASE=a passphrase",
            "prepare",
        )
        self.compose(*within, "amends", "backup", "/kept/now.backup")
        after, *_ = complained(customer, administrator)
        self.compose("stop", "web", "worker")
        self.compose(*within, "amends", "restore", "/kept/now.backup", "--overwrite")
        self.compose("start", "web", "worker")
        wait_for(lambda: administrator.answers("/desk/"), "a desk that answers after its backup was restored")
        if (
            is_there(administrator, word) != number
            or 'data-number="' in administrator.well(f"/desk/list/?view=all&q={after}")[1]
        ):
            raise Wrong("the backup does not hold what was there when it was made")
        size = (kept / "now.backup").stat().st_size
        tell(f"composed: an encrypted backup ({size / 1e6:.1f} MB) was made while it ran, and restored")

    def _stop(self) -> None:
        """Stop everything, each part within the time that it has.

        :raises Wrong: if one had to be killed
        """
        begun = time.monotonic()
        self.compose("stop")
        bad = {row["Name"]: row["ExitCode"] for row in self._rows() if row["ExitCode"] not in {0, 143}}
        if bad:
            raise Wrong(f"not stopped by themselves: {bad}")
        tell(f"composed: all stopped by themselves within {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
