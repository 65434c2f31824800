"""`amends import`: complaints of another desk with their whole history, from its interface or from files."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from amends.cli.desk import open_desk, refuse_without_tables

if TYPE_CHECKING:
    from amends.desk.channels.imports.actions import Home, Plan
    from amends.intake.desks import Bundle, Desk
    from amends.intake.lines import BadLine

KINDS: Final = ("zammad", "zendesk", "freshdesk", "chatwoot", "osticket", "freescout", "mbox", "csv", "amends")
TOKEN: Final = "AMENDS_IMPORT_TOKEN"  # noqa: S105 - the name of a variable
EVERY: Final = 100  # complaints between two lines that say how far it is
_NAME: Final = re.compile(r"[^\w.@-]+")


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS), metavar=f"[{'|'.join(KINDS)}]")
@click.argument("place", metavar="PATH|URL")
@click.option("--dry-run", is_flag=True, help="Say what would come, and bring nothing.")
@click.option("--source", help="A short name of the other desk; the same name again means the same desk.")
@click.option(
    "--people", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv",
    help="Who there is whom here: two columns, their address (or name) and ours.",
)  # fmt: skip
@click.option("--user", default="", help="Zendesk: the address that the token belongs to.")
@click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help=f"Holds the other desk's key; {TOKEN} does too.",
)  # fmt: skip
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.jsonl",
    help="Write what the other desk answers to a file, to import it from there; brings nothing.",
)  # fmt: skip
@click.option("--zone", default="UTC", show_default=True, help="Of times that name no time zone.")
@click.option("--map", "columns", multiple=True, metavar="OUR=THEIRS", help="csv: which column is which.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(
    *,
    kind: str,
    place: str,
    dry_run: bool,
    source: str | None,
    people: Path | None,
    user: str,
    token_file: Path | None,
    save: Path | None,
    zone: str,
    columns: tuple[str, ...],
    data: Path | None,
) -> None:
    """Bring complaints with their history, notes and files from another desk.

    Each is kept as it came before it is read, and comes once: run it again to go on, or to bring what is new.
    Ends with 1 when something could not be read.
    """
    open_desk(data=data)
    refuse_without_tables()
    from amends.desk.channels.imports.actions import Home

    way = _way(kind, place, source=source, user=user, token_file=token_file, zone=zone, columns=columns)
    home = Home(desk=kind, source=way.source, people=_people(people) if people else {})
    try:
        good = _save(way, save) if save else _tell(way, home) if dry_run else _bring(way, home)
    except ValueError as error:  # UnableToReadError: the other desk, or a file as a whole
        raise click.ClickException(str(error)) from error
    sys.exit(0 if good else 1)


@dataclass(slots=True, kw_only=True)
class _Way:
    """How the other desk is reached."""

    desk: Desk
    source: str
    place: str
    header: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    is_address: bool = False

    def bundles(self, *, all_of_them: bool, with_files: bool) -> Iterator[Bundle | BadLine]:
        """Everything that is there; from an interface only what is not here as it is, unless all is wanted."""
        from amends.intake.desks.bundle import Reading
        from amends.intake.desks.over_http import Api

        if not self.is_address:
            yield from self.desk.files(
                Path(self.place), Reading(zone=self.zone, ours=_our_addresses(), columns=self.columns)
            )
            return
        api = Api(base=self.place, header=self.header, say=lambda said: click.echo(said, err=True))
        if self.desk.fetch is None:
            raise click.UsageError(f"{self.desk.name} has no interface that tells history: give a file.")
        yield from self.desk.fetch(api, lambda case, stamp: not all_of_them and self._is_known(case, stamp), with_files)

    def _is_known(self, case: str, stamp: str) -> bool:
        from amends.desk.channels.imports.actions import is_known

        return is_known(source=self.source, case=case, stamp=stamp)


def _way(
    kind: str,
    place: str,
    *,
    source: str | None,
    user: str,
    token_file: Path | None,
    zone: str,
    columns: tuple[str, ...],
) -> _Way:
    from amends.intake.desks import DESKS

    desk = DESKS[kind]
    is_address = place.startswith(("http://", "https://"))
    if not is_address and not Path(place).exists():
        raise click.ClickException(f"{place}: there is no such file.")
    name = source or ((urlsplit(place).hostname or "") if is_address else _named_inside(desk, kind, Path(place)))
    if not name:
        raise click.UsageError(
            "Say --source NAME: a short name of the other desk. The same name again means the same desk, so that "
            "what came once does not come twice."
        )
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.UsageError(f"There is no time zone {zone}.") from error
    header: dict[str, str] = {}
    if is_address and desk.header is not None:
        token = token_file.read_text(encoding="utf-8").strip() if token_file else os.environ.get(TOKEN, "").strip()
        if not token:
            raise click.UsageError(f"Give the other desk's key: --token-file FILE, or {TOKEN}.")
        if kind == "zendesk" and not user:
            raise click.UsageError("Zendesk wants to know whose key it is: --user ADDRESS.")
        header = desk.header(user, token)
    return _Way(
        desk=desk,
        source=f"{kind} {_NAME.sub('-', name)}"[:100],
        place=place,
        header=header,
        zone=where,
        columns=_columns(columns),
        is_address=is_address,
    )


def _named_inside(desk: Desk, kind: str, path: Path) -> str:
    """The other desk's own address where its data name it; a mail's identity is its own wherever it lies."""
    from amends.intake.desks import Bundle
    from amends.intake.desks.bundle import Reading

    if kind == "mbox":
        return "mails"
    if desk.source is None:
        return ""
    with suppress(ValueError):
        for found in desk.files(path, Reading(zone=ZoneInfo("UTC"))):
            if isinstance(found, Bundle):
                return desk.source(found.body)
    return ""


def _columns(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := next((each for each, (_ours, equals, _theirs) in zip(given, pairs, strict=True) if not equals), None):
        raise click.UsageError(f"--map {wrong}: write OUR=THEIRS, as in --map text=Message.")
    return {ours.strip(): theirs.strip() for ours, _equals, theirs in pairs}


def _people(path: Path) -> dict[str, str]:
    """Read who there is whom here."""
    from amends.desk.customers.actions import same_email
    from amends.desk.people.models import Agent

    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells) or (number == 1 and len(cells) > 1 and "@" not in cells[1]):
                continue  # a line of titles
            if len(cells) != 2 or "@" not in cells[1]:
                raise click.ClickException(f"{path}:{number}: write two columns: their address or name, and ours.")
            there, here = same_email(cells[0]) if "@" in cells[0] else cells[0], same_email(cells[1])
            if not Agent.objects.filter(email__iexact=here).exists():
                raise click.ClickException(f"{path}:{number}: nobody here has the address {here}.")
            found[there] = here
    return found


def _our_addresses() -> frozenset[str]:
    from django.conf import settings

    from amends.desk.channels.models import Mailbox
    from amends.desk.people.models import Agent
    from amends.intake.mail import fold_address

    ours = [*Agent.objects.values_list("email", flat=True), *Mailbox.objects.values_list("address", flat=True)]
    return frozenset(fold_address(address) for address in (*ours, settings.MAIL_FROM) if address)


def _bring(way: _Way, home: Home) -> bool:
    from django.utils import timezone

    from amends.desk.channels.imports import actions
    from amends.desk.channels.models import ArrivalState
    from amends.desk.complaints.following import many
    from amends.intake.desks import Bundle

    taken = same = aside = parked = bad = 0
    with many():
        for found in way.bundles(all_of_them=False, with_files=True):
            if not isinstance(found, Bundle):
                click.echo(str(found), err=True)
                bad += 1
                continue
            if actions.is_known(source=way.source, case=found.case, stamp=found.stamp):
                same += 1
                continue
            arrival = actions.bring(bundle=found, home=home, now=timezone.now())
            if arrival.state == ArrivalState.TAKEN_IN:
                taken += 1
            elif arrival.state == ArrivalState.PARKED:
                parked += 1
                click.echo(f"{found.where or found.case}: parked: {actions.what_became(arrival)}", err=True)
            else:
                aside += 1
                click.echo(f"{found.where or found.case}: left out: {actions.what_became(arrival)}", err=True)
            if taken and not taken % EVERY:
                click.echo(f"{taken} complaints until now.", err=True)
    click.echo(f"Brought: {taken}. Here already: {same}. Left out: {aside}. Parked: {parked}. Not readable: {bad}.")
    return not bad and not parked


def _tell(way: _Way, home: Home) -> bool:
    from amends.desk.channels.imports.actions import Plan
    from amends.intake.desks import Bundle

    plan, bad = Plan(home=home), 0
    for found in way.bundles(all_of_them=True, with_files=False):
        if isinstance(found, Bundle):
            plan.count(found)
        else:
            click.echo(str(found), err=True)
            bad += 1
    _print(plan, name=way.desk.name)
    return not bad and not plan.unreadable


def _print(plan: Plan, *, name: str) -> None:
    said = plan.messages
    click.echo(f"From {name} ({plan.home.source}); nothing was brought.")
    click.echo(f"  complaints     {plan.new} new, {plan.more} with something new, {plan.same} as they are here")
    click.echo(
        f"  said           {said['customer']} by customers, {said['reply'] + said['call']} by colleagues, "
        f"{said['automatic']} by machines"
    )
    click.echo(f"  internal notes {said['note']}, internal here too")
    click.echo(f"  files          {plan.files}" + (f", {plan.file_bytes:,} bytes" if plan.file_bytes else ""))
    nameless = f", {plan.nameless} without any address" if plan.nameless else ""
    click.echo(f"  customers      {plan.new_customers} new, {plan.known_customers} known here{nameless}")
    for (theirs, ours), count in sorted(plan.states.items()):
        click.echo(f"  state          {theirs} becomes {ours}: {count}")
    for person, here in sorted(plan.agents.items()):
        click.echo(f"  colleague      {person} is {here or 'nobody here: kept by name, as somebody who has left'}")
    for why, count in sorted(plan.left_out.items()):
        click.echo(f"  left out       {count}: {why}")
    for why in plan.unreadable:
        click.echo(f"  not readable   {why}")


def _save(way: _Way, place: Path) -> bool:
    """Write one complaint a line, as it came, with its files."""
    from amends.intake.desks import Bundle

    bad = count = 0
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(place.open("wb"))
        place.chmod(0o600)
        for found in way.bundles(all_of_them=True, with_files=True):
            if isinstance(found, Bundle):
                line = json.dumps(found.body, ensure_ascii=False, separators=(",", ":"))
                file.write(line.encode("utf-8", "surrogatepass") + b"\n")
                count += 1
            else:
                click.echo(str(found), err=True)
                bad += 1
    click.echo(f"Written to {place}: {count} complaints.", err=True)
    return not bad
