"""Words that are proposed for the customer, in their own language. A person sends them, or writes better ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint
from amends.desk.customers.queries import greeting_name
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Request
from amends.desk.remedies.room import LAST_STEP, ground
from amends.desk.web import wording
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

HALF_AN_HOUR = 30 * 60
SPARE = 30  # minutes between the last answer and our word to the customer


def word_by(*, request: Request, owner: Agent, now: datetime) -> datetime:
    """By when the customer can be told of an answer whatever happens: after every step had its time, and a little more.

    Rounded up to a half hour within the owner's working time, so that the word can be kept.
    """
    told = ground()
    steps = LAST_STEP - request.step
    calendar = owner.calendar()
    begin = max(now, request.goes_up_at or now)
    moment = _later(calendar, begin, minutes=steps * told.answer_minutes + SPARE)
    seconds = int(moment.timestamp())
    moment = datetime.fromtimestamp(-(-seconds // HALF_AN_HOUR) * HALF_AN_HOUR, tz=moment.tzinfo)
    try:
        return calendar.next_opening(moment) if not calendar.is_open(moment) else moment
    except NoWorkingTimeError:
        return moment


def holding(*, complaint: Complaint, by: datetime) -> str:
    """Tell the customer that we are at it, and by when they hear."""
    with translation.override(complaint.language):
        return _(
            "Hello %(name)s,\n\nI want to do this for you, and I am settling it with a colleague right now. "
            "You need not do anything. %(promise)s"
        ) % {"name": _name(complaint), "promise": word_promised(complaint=complaint, by=by)}


def word_promised(*, complaint: Complaint, by: datetime) -> str:
    """The very words of the promise in it."""
    with translation.override(complaint.language):
        return _("I will write to you on %(day)s by %(time)s.") % {
            "day": _day(by, complaint.language),
            "time": wording.clock(timezone.localtime(by), language=complaint.language),
        }


def planned(*, complaint: Complaint, what: str, by: datetime) -> str:
    """Tell the customer what will be done by when."""
    with translation.override(complaint.language):
        return _(
            "Hello %(name)s,\n\n"
            "I am sorry for the trouble. This is how we put it right: %(what)s, on %(day)s by %(time)s. "
            "You need not send or fill in anything."
        ) % {
            "name": _name(complaint),
            "what": what,
            "day": _day(by, complaint.language),
            "time": wording.clock(timezone.localtime(by), language=complaint.language),
        }


def done(*, complaint: Complaint, what: str) -> str:
    """Tell the customer that it is done."""
    with translation.override(complaint.language):
        return _(
            "Hello %(name)s,\n\nit is done: %(what)s. Thank you for telling us, and for your patience. "
            "If anything is still not right, write to me and I will see to it."
        ) % {"name": _name(complaint), "what": what}


def _name(complaint: Complaint) -> str:
    return greeting_name(customer=complaint.customer, reader_language=complaint.language)


def _day(moment: datetime, language: str) -> str:
    return wording.weekday_and_day(timezone.localtime(moment).date(), language=language)


def _later(calendar: WorkingCalendar, begin: datetime, *, minutes: int) -> datetime:
    length = timedelta(minutes=minutes)
    try:
        return calendar.add_working_time(begin, length)
    except NoWorkingTimeError:
        return begin + length
