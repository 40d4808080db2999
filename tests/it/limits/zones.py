"""Writes zones.csv: local times around changes of clocks, their instants and their business days, as Python's zoneinfo has them.

A time that a change of clocks skips or repeats takes the offset before the change, which is `fold=0`. Run it where `tzdata` is installed:

    python3 tests/it/limits/zones.py > tests/it/limits/zones.csv
"""

import datetime
import random
from zoneinfo import ZoneInfo

# Half hours and quarters, changes by half an hour, offsets of seconds, a day that was skipped, changes that were given up.
ZONES = """Africa/Casablanca Africa/Monrovia America/Caracas America/Havana America/New_York America/Sao_Paulo America/St_Johns
Antarctica/Troll Asia/Gaza Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Pyongyang Asia/Shanghai Asia/Tehran Australia/Lord_Howe
Europe/Dublin Pacific/Apia Pacific/Chatham Pacific/Kiritimati Pacific/Kwajalein Pacific/Niue UTC""".split()
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


def instant(zone, local):
    return int((local.replace(tzinfo=zone, fold=0).astimezone(datetime.timezone.utc) - EPOCH).total_seconds())


def offset(zone, second):
    return (EPOCH + datetime.timedelta(seconds=second)).astimezone(zone).utcoffset()


def changes(zone, first=1900, last=2023):
    """The first second after each change of the offset."""
    second = (first - 1970) * 31_556_952
    while second < (last - 1970) * 31_556_952:
        following = second + 3 * 86_400
        if offset(zone, second) != offset(zone, following):
            before, after = second, following
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (before, middle) if offset(zone, middle) != offset(zone, second) else (middle, after)
            yield after
        second = following


def business_date(zone, second, local, start):
    """The last day of those near the local date that begins at or before the instant."""
    days = [local.date() + DAY * more for more in (-2, -1, 0, 1, 2)]
    return max(day for day in days if instant(zone, datetime.datetime.combine(day, start)) <= second)


def main():
    draw = random.Random(20261129)
    print("zone,local,instant,day_start,business_date")
    for name in ZONES:
        zone = ZoneInfo(name)
        known = list(changes(zone))
        chosen = draw.sample(known, min(len(known), 6))
        # Days that were skipped, or lived twice.
        chosen += [one for one in known if abs(offset(zone, one) - offset(zone, one - 1)) > DAY / 2]
        # Rules of years to come change every other year, and the table would with them.
        times = [EPOCH.replace(tzinfo=None) + datetime.timedelta(minutes=draw.randrange(-36_000_000, 27_000_000)) for _ in range(3)]
        for second in chosen:
            for more in draw.sample([-3_601, -1_800, -1, 0, 1, 899, 1_799, 1_800, 3_599, 3_600, 7_200], 5):
                at = offset(zone, second - 1) if draw.random() < 0.5 else offset(zone, second)
                times.append((EPOCH + datetime.timedelta(seconds=second + more) + at).replace(tzinfo=None))
        for local in times:
            second = instant(zone, local)
            start = datetime.time(draw.choice([0, 0, 1, 2, 5, 23]), draw.choice([0, 0, 30, 45]))
            day = business_date(zone, second, local, start)
            print(f"{name},{local:%Y-%m-%d %H:%M:%S},{second},{start:%H:%M},{day}")


main()
