"""What time it is where a customer is, by the country of their telephone number; nobody's is guessed otherwise.

A country with several times gives the first and the last of them. Area codes are not asked: people take their number
along when they move.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# The codes of countries that have one time, or one in which nearly all of their people live.
# fmt: off
_ZONES: Final = {
    "20": "Africa/Cairo", "27": "Africa/Johannesburg", "30": "Europe/Athens", "31": "Europe/Amsterdam",
    "32": "Europe/Brussels", "33": "Europe/Paris", "34": "Europe/Madrid", "36": "Europe/Budapest",
    "39": "Europe/Rome", "40": "Europe/Bucharest", "41": "Europe/Zurich", "43": "Europe/Vienna",
    "44": "Europe/London", "45": "Europe/Copenhagen", "46": "Europe/Stockholm", "47": "Europe/Oslo",
    "48": "Europe/Warsaw", "49": "Europe/Berlin", "51": "America/Lima", "54": "America/Argentina/Buenos_Aires",
    "57": "America/Bogota", "58": "America/Caracas", "60": "Asia/Kuala_Lumpur", "63": "Asia/Manila",
    "64": "Pacific/Auckland", "65": "Asia/Singapore", "66": "Asia/Bangkok", "81": "Asia/Tokyo", "82": "Asia/Seoul",
    "76": "Asia/Almaty", "77": "Asia/Almaty",
    "84": "Asia/Ho_Chi_Minh", "86": "Asia/Shanghai", "90": "Europe/Istanbul", "91": "Asia/Kolkata",
    "92": "Asia/Karachi", "93": "Asia/Kabul", "94": "Asia/Colombo", "95": "Asia/Yangon", "98": "Asia/Tehran",
    "212": "Africa/Casablanca", "213": "Africa/Algiers", "216": "Africa/Tunis", "218": "Africa/Tripoli",
    "233": "Africa/Accra", "234": "Africa/Lagos", "249": "Africa/Khartoum", "251": "Africa/Addis_Ababa",
    "254": "Africa/Nairobi", "255": "Africa/Dar_es_Salaam", "351": "Europe/Lisbon", "352": "Europe/Luxembourg",
    "353": "Europe/Dublin", "354": "Atlantic/Reykjavik", "355": "Europe/Tirane", "357": "Asia/Nicosia",
    "358": "Europe/Helsinki", "359": "Europe/Sofia", "370": "Europe/Vilnius", "371": "Europe/Riga",
    "372": "Europe/Tallinn", "373": "Europe/Chisinau", "374": "Asia/Yerevan", "375": "Europe/Minsk",
    "380": "Europe/Kyiv", "381": "Europe/Belgrade", "382": "Europe/Podgorica", "383": "Europe/Belgrade",
    "385": "Europe/Zagreb", "386": "Europe/Ljubljana", "387": "Europe/Sarajevo", "389": "Europe/Skopje",
    "420": "Europe/Prague", "421": "Europe/Bratislava", "852": "Asia/Hong_Kong", "880": "Asia/Dhaka",
    "886": "Asia/Taipei", "961": "Asia/Beirut", "962": "Asia/Amman", "963": "Asia/Damascus", "964": "Asia/Baghdad",
    "965": "Asia/Kuwait", "966": "Asia/Riyadh", "967": "Asia/Aden", "968": "Asia/Muscat", "970": "Asia/Hebron",
    "971": "Asia/Dubai", "972": "Asia/Jerusalem", "973": "Asia/Bahrain", "974": "Asia/Qatar",
    "976": "Asia/Ulaanbaatar", "977": "Asia/Kathmandu", "992": "Asia/Dushanbe", "993": "Asia/Ashgabat",
    "994": "Asia/Baku", "995": "Asia/Tbilisi", "996": "Asia/Bishkek", "998": "Asia/Tashkent",
}
# Those with several times of weight: all in which people live.
_SEVERAL: Final = {
    "1": ("Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix",
          "America/Chicago", "America/New_York", "America/Halifax", "America/St_Johns"),
    "7": ("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
          "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"),
    "52": ("America/Tijuana", "America/Hermosillo", "America/Mexico_City", "America/Cancun"),
    "55": ("America/Rio_Branco", "America/Manaus", "America/Sao_Paulo", "America/Noronha"),
    "56": ("Pacific/Easter", "America/Santiago", "America/Punta_Arenas"),
    "61": ("Australia/Perth", "Australia/Darwin", "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney"),
    "62": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "243": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    "299": ("America/Thule", "America/Nuuk", "America/Scoresbysund", "America/Danmarkshavn"),
    "593": ("Pacific/Galapagos", "America/Guayaquil"),
}
# fmt: on
_LONGEST: Final = 3


def zones_of_number(number: str) -> tuple[ZoneInfo, ...]:
    """Return the zones of a number's country: none where it has no country's code, or one that we do not know."""
    digits = number.removeprefix("+")
    if digits == number or not digits.isdecimal():
        return ()
    for length in range(_LONGEST, 0, -1):
        code = digits[:length]
        if found := _SEVERAL.get(code) or ((_ZONES[code],) if code in _ZONES else ()):
            return tuple(ZoneInfo(zone) for zone in found)
    return ()


def zones_of(ways: Iterable[tuple[str, str]], *, now: datetime) -> tuple[ZoneInfo, ...]:
    """Return the zone of the first of a customer's numbers that tells one; else the two ends of a country's zones."""
    told = [zones for kind, value in ways if kind == "phone" if (zones := _apart(zones_of_number(value), now))]
    return min(told, key=len, default=())


def _apart(zones: tuple[ZoneInfo, ...], now: datetime) -> tuple[ZoneInfo, ...]:
    """Leave the zone that is furthest behind and the one that is furthest ahead, or one where all agree."""

    def ahead(zone: ZoneInfo) -> timedelta:
        return now.astimezone(zone).utcoffset() or timedelta()

    if len(zones) < 2:
        return zones
    first, last = min(zones, key=ahead), max(zones, key=ahead)
    return (first,) if ahead(first) == ahead(last) else (first, last)
