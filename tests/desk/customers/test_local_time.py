"""What time it is where somebody is, as far as their number tells."""

from zoneinfo import available_timezones

import pytest

from amends.desk.customers import local_time


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+905551112233", "Europe/Istanbul"),
        ("+989121234567", "Asia/Tehran"),
        ("+97699112233", "Asia/Ulaanbaatar"),
        ("+442071234567", "Europe/London"),
        ("+15551234567", None),  # a country with several times
        ("+79161234567", None),
        ("05551112233", None),  # no country's code
        ("", None),
    ],
)
def test_a_number_tells_the_time_of_its_country(number, zone):
    found = local_time.zone_of_number(number)
    assert (found.key if found else None) == zone


def test_an_address_tells_nothing_and_the_first_number_that_tells_is_taken():
    ways = [("email", "a@b.example"), ("phone", "+15551234567"), ("phone", "+97699112233")]
    assert str(local_time.zone_of(ways)) == "Asia/Ulaanbaatar"
    assert local_time.zone_of(ways[:2]) is None


def test_every_zone_is_known():
    assert set(local_time._ZONES.values()) <= available_timezones()
