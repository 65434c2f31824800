"""First letters that came together: each opens a complaint of its own, all of them in one transaction.

Only what is plain is read here: a person's first mail, which names no letter of ours and nobody else's. Whatever could
belong to something, or needs a decision, is left to `mail.actions`, which reads one mail at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Lower

from amends.desk.channels.acknowledgement import Receipt, acknowledge_first
from amends.desk.channels.mail import keys
from amends.desk.channels.mail.actions import about, addressed, writer_of
from amends.desk.channels.mail.parse import parse
from amends.desk.channels.mail.spam import sign_of_spam
from amends.desk.channels.models import Arrival, ArrivalState, MessageId
from amends.desk.channels.reading import Taken, language_of, uploads
from amends.desk.complaints import opening
from amends.desk.complaints.actions import mood
from amends.desk.complaints.models import Channel
from amends.desk.complaints.opening import Begun, Opening
from amends.desk.complaints.side_by_side import Numbers
from amends.desk.customers import actions as customers
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent
from amends.intake.mail import Address, ParsedMail, fold_address


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetter:
    """A mail that begins a complaint, and what was read in it before anything was locked."""

    arrival: Arrival
    mail: ParsedMail
    writer: Address
    opening: Opening


def first_letters(*, arrivals: Sequence[Arrival], now: datetime) -> list[FirstLetter]:
    """Read the plain first letters among arrivals. The rest is to be read after them, one by one.

    Of mails that share a sender, an id or their words only the first can be one.
    """
    own = keys.OwnAddresses()
    seen: set[tuple[str, str]] = set()
    found = []
    for arrival in arrivals:
        mail = _parsed(arrival)
        writer = writer_of(mail, arrival.mailbox) if mail else None
        told = {("words", arrival.digest), *_names(mail, writer)} - {("words", ""), ("id", ""), ("who", "")}
        if mail and writer and not told & seen and _is_plain(arrival, mail, writer, own=own):
            found.append(
                FirstLetter(
                    arrival=arrival, mail=mail, writer=writer, opening=_opening(mail, writer, customer=None, now=now)
                )
            )
        seen |= told
    return found


def _parsed(arrival: Arrival) -> ParsedMail | None:
    if arrival.channel != Channel.MAIL:
        return None
    try:
        return parse(bytes(arrival.raw))
    except Exception:  # noqa: BLE001 - whoever reads it alone says what is the matter, and parks it
        return None


def _names(mail: ParsedMail | None, writer: Address | None) -> set[tuple[str, str]]:
    if mail is None:
        return set()
    people = {mail.sender.email, writer.email if writer else ""}
    return {("id", mail.message_id), *(("who", customers.same_email(email)) for email in people)}


def _is_plain(arrival: Arrival, mail: ParsedMail, writer: Address, *, own: keys.OwnAddresses) -> bool:
    """Whether a mail is a person's first, as far as it says itself; where in doubt it is not."""
    box = arrival.mailbox
    return not (
        mail.automatic.kind
        or mail.in_reply_to
        or mail.references
        or mail.automatic.originals
        or mail.left_out
        or mail.forwarded
        or arrival.full_size
        or arrival.from_spam
        or not mail.sender.email
        or not 0 < len(customers.same_email(writer.email)) <= customers.LONGEST_WAY
        or not (mail.text.strip() or mail.files or mail.subject)
        or mail.sender.email in own
        or writer.email in own
        or (box is not None and (box.thread_pattern or box.same_subject_hours))
        or keys.has_any(addresses=addressed(mail), text=mail.whole)
        or sign_of_spam(bytes(arrival.raw))
    )


def _opening(mail: ParsedMail, writer: Address, *, customer: Customer | None, now: datetime) -> Opening:
    """What a mail opens; of a customer who is not made yet, as if this were their first word."""
    words = f"{mail.subject}\n{mail.text}"
    if customer is None:
        customer = customers.new(name=writer.name, language=language_of(words, prior="en"), email=writer.email, now=now)
    language = language_of(words, prior=customer.language)
    return Opening(
        customer=customer,
        subject=mail.subject,
        text=mail.text,
        language=language,
        channel=Channel.MAIL,
        mood=mood(mail.text, language, None, now),
        html=mail.html,
        quoted=mail.quoted,
        attachments=uploads(mail.files),
        data=about(mail),
    )


def open_all(
    *, letters: Sequence[FirstLetter], now: datetime, numbers: Numbers | None = None
) -> list[tuple[Arrival, Taken]]:
    """Open a complaint for each of the letters, in the caller's transaction, and confirm that it came.

    The arrivals are locked. What is known here already is left out, and read by itself.
    """
    letters = _unknown(letters)
    if not letters:
        return []
    begun = opening.begin(openings=_with_customers(letters, now=now), now=now, numbers=numbers)
    heard = {
        row.complaint_id: row
        for row in MessageId.objects.bulk_create(
            MessageId(value=one.mail.message_id, complaint=started.complaint, ours=False)
            for one, started in zip(letters, begun, strict=True)
            if one.mail.message_id
        )
    }
    receipts = [
        _receipt(one, started, heard.get(started.complaint.pk))
        for one, started in zip(letters, begun, strict=True)
        if one.mail.automatic.answer
    ]
    acknowledge_first(first=receipts, now=now)
    opening.end(begun=begun)
    return [
        (
            one.arrival,
            Taken(
                state=ArrivalState.TAKEN_IN,
                event=started.words,
                sender=one.mail.sender.key,
                subject=one.mail.subject,
            ),
        )
        for one, started in zip(letters, begun, strict=True)
    ]


def _receipt(letter: FirstLetter, begun: Begun, heard: MessageId | None) -> Receipt:
    return Receipt(
        begun=begun,
        recipient=letter.writer.email,
        subject=f"Re: {letter.mail.subject}" if letter.mail.subject else "",
        in_reply_to=letter.mail.message_id,
        heard=heard,
        mailbox=letter.arrival.mailbox,
        by_form=letter.writer != letter.mail.sender,
    )


def _unknown(letters: Sequence[FirstLetter]) -> list[FirstLetter]:
    """Leave out what a colleague wrote, what was taken in before, and what carries the id of a letter of ours."""
    ids = {letter.mail.message_id for letter in letters} - {""}
    digests = {letter.arrival.digest for letter in letters} - {""}
    senders = {fold_address(letter.mail.sender.email) for letter in letters}
    ours = set(MessageId.objects.filter(value__in=ids, ours=True).values_list("value", flat=True))
    taken = set(
        Arrival.objects.filter(digest__in=digests, state=ArrivalState.TAKEN_IN, channel=Channel.MAIL)
        .exclude(pk__in=[letter.arrival.pk for letter in letters])
        .values_list("digest", flat=True)
    )
    colleagues = {
        fold_address(email)
        for email in Agent.objects.alias(folded=Lower("email"))
        .filter(folded__in=senders)
        .values_list("email", flat=True)
    }
    return [
        letter
        for letter in letters
        if letter.mail.message_id not in ours
        and letter.arrival.digest not in taken
        and fold_address(letter.mail.sender.email) not in colleagues
    ]


def _with_customers(letters: Sequence[FirstLetter], *, now: datetime) -> list[Opening]:
    """Give each letter its customer, made or found; one who is known may have another language."""
    known = customers.with_emails([letter.writer.email for letter in letters])
    customers.enter_all(
        new=[
            (letter.opening.customer, letter.writer.email)
            for letter in letters
            if customers.same_email(letter.writer.email) not in known
        ]
    )
    return [
        _opening(letter.mail, letter.writer, customer=customer, now=now)
        if (customer := known.get(customers.same_email(letter.writer.email)))
        else letter.opening
        for letter in letters
    ]
