"""What other libraries say of expected repurchase: the figures that docs/methods.md and tests/it/expected hold gmv against.

    python3 -m venv venv && venv/bin/pip install lifetimes==0.11.3 mpmath
    venv/bin/python docs/methods/repurchase.py CDNOW_sample.txt

lifetimes fits CDNOW (brucehardie.com/datasets, the 1/10 sample); mpmath fits tests/it/expected/buyers.csv with 40 digits.
"""

import collections
import csv
import datetime
import pathlib
import sys
import warnings

import mpmath as mp
import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter

SMALL = pathlib.Path(__file__).parents[2] / "tests/it/expected/buyers.csv"
CALIBRATION = 273


def cdnow(path):
    """Repeats, recency and age in weeks at the end of the calibration, and the mean value of repeat purchases, of each customer."""
    days = collections.defaultdict(lambda: collections.defaultdict(float))
    for line in open(path):
        _, customer, date, _, value = line.split()
        day = datetime.datetime.strptime(date, "%Y%m%d") - datetime.datetime(1997, 1, 1)
        days[customer][day.days] += float(value)
    rows = []
    for bought in days.values():
        seen = sorted(day for day in bought if day < CALIBRATION)
        mean = np.mean([bought[day] for day in seen[1:]]) if len(seen) > 1 else 0.0
        rows.append((len(seen) - 1, (seen[-1] - seen[0]) / 7, (CALIBRATION - 1 - seen[0]) / 7, mean))
    return map(np.array, zip(*rows))


def library(path):
    repeats, recency, age, mean = cdnow(path)
    fit = BetaGeoFitter().fit(repeats, recency, age)
    print("lifetimes, CDNOW:", fit.params_.to_dict())
    print("  E[X(t)] in 1, 3, 78 weeks:", [fit.expected_number_of_purchases_up_to_time(t) for t in (1, 3, 78)])
    expected = fit.conditional_expected_number_of_purchases_up_to_time(39, repeats, recency, age)
    print("  expected in the next 39 weeks:", expected.sum())
    known = mean > 0
    values = GammaGammaFitter().fit(repeats[known], mean[known])
    print("  values:", values.params_.to_dict())
    r, alpha, a, b = map(mp.mpf, fit.params_.values)
    for terms in (150, 5_000):
        z = 78 / (alpha + 78)
        series = mp.fsum(mp.rf(r, j) * mp.rf(b, j) / mp.rf(a + b - 1, j) / mp.factorial(j) * z**j for j in range(terms))
        newcomer = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + 78)) ** r * series)
        print(f"  E[X(78)] with {terms} terms of the series:", mp.nstr(newcomer, 12))


def buying(groups, rest):
    """The log likelihood of BG/NBD by the logs of r, alpha, a, b; ages `rest` days longer than the dates say."""

    def of(*logs):
        r, alpha, a, b = map(mp.exp, logs)
        total = mp.mpf(0)
        for (x, recency, age), count in groups.items():
            still = (alpha + (age + mp.mpf(rest)) / 7) ** -(r + x)
            left = a / (b + x - 1) * (alpha + mp.mpf(recency) / 7) ** -(r + x) if x else 0
            own = mp.log(mp.beta(a, b + x) / mp.beta(a, b)) + mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha)
            total += count * (own + mp.log(still + left))
        return total

    return of


def spending(groups):
    """The log likelihood of Gamma-Gamma by the logs of p, q, v."""

    def of(*logs):
        p, q, v = map(mp.exp, logs)
        total = mp.mpf(0)
        for (x, minor), count in groups.items():
            money = mp.mpf(minor) / 100
            own = mp.loggamma(p * x + q) - mp.loggamma(p * x) - mp.loggamma(q) + q * mp.log(v)
            total += count * (own + (p * x - 1) * mp.log(money / x) + p * x * mp.log(x) - (p * x + q) * mp.log(v + money))
        return total

    return of


def top(of, start):
    """The maximum by Newton's method from a start nearby, and standard errors, with differences of 40 digits."""
    mp.mp.dps = 40
    size = len(start)
    unit = lambda at, step: [step if other == at else mp.mpf(0) for other in range(size)]
    moved = lambda point, by: [own + change for own, change in zip(point, by)]

    def slopes(point, step=mp.mpf("1e-12")):
        return [(of(*moved(point, unit(at, step))) - of(*moved(point, unit(at, -step)))) / (2 * step) for at in range(size)]

    def curvature(point, step=mp.mpf("1e-8")):
        pairs = [(slopes(moved(point, unit(at, step))), slopes(moved(point, unit(at, -step)))) for at in range(size)]
        return mp.matrix([[(up - down) / (2 * step) for up, down in zip(*pair)] for pair in pairs])

    point = [mp.log(value) for value in start]
    for _ in range(8):
        second = curvature(point)
        point = moved(point, list(-mp.lu_solve(second, mp.matrix(slopes(point)))))
    covariance = (-second) ** -1
    values = [mp.exp(log) for log in point]
    print("  parameters", [mp.nstr(value, 14) for value in values], "log likelihood", mp.nstr(of(*point), 14))
    print("  errors", [mp.nstr(value * mp.sqrt(covariance[at, at]), 12) for at, value in enumerate(values)])


def exact():
    rows = [tuple(map(int, row)) for row in list(csv.reader(open(SMALL)))[1:]]
    for rest in (0, 0.5):
        print(f"mpmath, the small case, ages + {rest} days:")
        top(buying(collections.Counter(row[:3] for row in rows), rest), [0.6, 4.4, 0.9, 4.7])
    print("mpmath, the small case, values:")
    top(spending(collections.Counter(row[3:] for row in rows)), [3.7, 3.0, 28.0])


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    if len(sys.argv) > 1:
        library(sys.argv[1])
    exact()
