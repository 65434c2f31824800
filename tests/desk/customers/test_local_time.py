"""What time it is where somebody is, as far as their number tells."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from amends.desk.customers import local_time

WINTER = datetime(2026, 1, 5, 12, tzinfo=UTC)


def told(*numbers, now=WINTER):
    return [zone.key for zone in local_time.zones_of([("phone", one) for one in numbers], now=now)]


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+905551112233", "Europe/Istanbul"),
        ("+989121234567", "Asia/Tehran"),
        ("+97699112233", "Asia/Ulaanbaatar"),
        ("+442071234567", "Europe/London"),
        ("+77011234567", "Asia/Almaty"),  # the same 7 as Russia
        ("05551112233", None),  # no country's code
        ("+9991234", None),  # no country that we know
        ("", None),
    ],
)
def test_a_number_tells_the_time_of_its_country(number, zone):
    assert told(number) == ([zone] if zone else [])


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        ("+15551234567", "Pacific/Honolulu", "America/St_Johns"),
        ("+79161234567", "Europe/Kaliningrad", "Asia/Kamchatka"),
        ("+6281234567", "Asia/Jakarta", "Asia/Jayapura"),
    ],
)
def test_a_country_with_several_times_tells_the_first_and_the_last(number, first, last):
    assert told(number) == [first, last]


def test_an_address_tells_nothing_and_the_first_number_that_tells_is_taken():
    ways = [("email", "a@b.example"), ("phone", "+15551234567"), ("phone", "+97699112233")]
    assert [zone.key for zone in local_time.zones_of(ways, now=WINTER)] == ["Asia/Ulaanbaatar"]
    assert len(local_time.zones_of(ways[:2], now=WINTER)) == 2
    assert local_time.zones_of(ways[:1], now=WINTER) == ()


def test_every_zone_is_known():
    several = {zone for zones in local_time._SEVERAL.values() for zone in zones}
    assert set(local_time._ZONES.values()) | several <= available_timezones()
