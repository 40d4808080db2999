"""What equality.py compares of `gmv repurchase`: its tables, made again from what the statements `gmv sql --query rates|waits|cohorts` give.

Every column but those of the outlook (expected_…), with intervals; the curve of the time to the second order; cohorts, and
who is in none. Ratios, intervals and quartiles are reckoned here from the formulas of docs/metrics.md and docs/methods.md.
"""
import math
import re
from datetime import date, timedelta
from decimal import Decimal

Z = 1.96
TOLERANCE = 1e-12
# A rate: Σx, Σy, Σx², Σxy, Σy²; then whether it is a share of buyers, and whether it is in money.
RATES = {
    "repurchase_rate": ("repeat_buyers", "buyers", "repeat_buyers", "repeat_buyers", "buyers", True, False),
    "orders_per_buyer": ("orders", "buyers", "m_oo", "orders", "buyers", False, False),
    "orders_per_buyer_day": ("orders", "buyer_days", "m_oo", "m_od", "m_dd", False, False),
    "gmv_per_buyer": ("gmv", "buyers", "m_gg", "gmv", "buyers", False, True),
    "aov": ("gmv", "orders", "m_gg", "m_og", "m_oo", False, True),
    "returning_rate": ("returning_buyers", "buyers", "returning_buyers", "returning_buyers", "buyers", True, False),
    "returning_orders_share": ("returning_orders", "orders", "m_returning_oo", "m_returning_oo", "m_oo", False, False),
    "returning_gmv_share": ("returning_gmv", "gmv", "m_returning_gg", "m_returning_gg", "m_gg", False, False),
    "private_gmv_share": ("private_gmv", "gmv", "m_private_gg", "m_private_gg", "m_gg", False, False),
    "private_share_of_repurchase": ("private_repeat_orders", "repeat_orders", "m_private_aa", "m_private_aa", "m_aa", False, False),
    "refund_rate_orders": ("refunded_orders", "orders_as_paid", "m_refunds", "m_refunds_orders", "m_orders", False, False),
    "refund_rate_gmv": ("refunded_gmv", "gmv_as_paid", "m_refunded", "m_refunded_gmv", "m_gmv", False, False),
    "first_order_refund_rate": ("first_orders_refunded", "first_orders", "first_orders_refunded", "first_orders_refunded", "first_orders", True, False),
}
NO_SHARES = {"orders_per_buyer", "orders_per_buyer_day", "gmv_per_buyer", "aov"}
FUNNEL = {"funnel_viewers": "private_viewers", "funnel_buyers": "private_buyers", "funnel_repeat_buyers": "private_repeat_buyers",
          "funnel_multi_period_buyers": "private_multi_period_buyers"}
STEPS = {"funnel_buyer_rate": ("private_buyers", "private_viewers"), "funnel_repeat_rate": ("private_repeat_buyers", "private_buyers"),
         "funnel_multi_period_rate": ("private_multi_period_buyers", "private_repeat_buyers")}
SAME = ["buyers", "orders", "gmv", "history_days", "buyer_days", "partial"]
QUARTILES = {"p25": 0.25, "p50": 0.5, "p75": 0.75}
UNKNOWN = {"streamer_name", "expected_orders", "expected_gmv", "expected_orders_lo", "expected_orders_hi", "expected_gmv_lo", "expected_gmv_hi"}


def combinations(world, quick):
    """Option lists that spread over what gmv repurchase has; those that a world lacks the columns for are refused by both sides."""
    days = (world.last - world.first).days
    later = lambda n: f"{world.first + timedelta(n):%Y-%m-%d}"
    inner = f"--from {later(2 + days // 7)} --to {later(days - 1 - days // 6)}"
    dim, attribute = (next(iter(names), None) for names in (world.dimensions, world.attributes))
    some = [
        "--by total --attribution all",
        "--basis net --by total --attribution all",
        f"--by domain --period day --attribution window:30m {inner}",
        "--by total,price-band --repurchase days --basis net",
    ]
    full = [
        "",
        "--repurchase days --period month",
        "--basis net",
        "--by streamer,buyer-type --basis net --attribution all",
        f"--by total,domain,traffic --domain-rule longest --from {later(10)}",
        f"--by total --period all --from {later(9)} --attribution all",
        "--by total --period all --repurchase days",
        f"--period day --attribution window:0s --day-start 05:00 {inner}",
        f"--by carrier --attribution carrier --repurchase days --covers {later(-3)}..{later(days // 2)}",
        f"--by total --covers {later(-30)}..{later(days + 40)} --attribution all --basis net",
        f"--week-start sun --attribution window:2h --to {later(days - 9)}",
        "--by total --timezone America/New_York --day-start 02:30 --period day --basis net",
        dim and f"--by {dim} --basis net --attribution all",
        dim and f"--by {dim},domain --domain-rule first --repurchase days {inner}",
        dim and f"--by streamer,{dim},carrier --attribution all",
        attribute and f"--by {attribute} --basis net --attribution window:30m",
        attribute and dim and f"--by {attribute},buyer-type,{dim} --max-session 30m",
    ]
    chosen = some if quick else some + full if world.name in ("sample", "dirty", "lines") else some + full[:5]
    return [f"{c} {world.options}".strip() for c in chosen if c is not None]


# ------------------------------------------------------------------------------------------------------------ from sums to rates

def whole(text, is_money=False):
    return None if text == "" else int(Decimal(text) * 100) if is_money else int(text)


def ratio(x, y, unit=1):
    return float(x) / float(y * unit) if y else None


def delta(x, y, xx, xy, yy):
    value = ratio(x, y)
    if value is None:
        return None
    squares = float(xx) - 2.0 * value * float(xy) + value * value * float(yy)
    reach = Z * math.sqrt(max(squares, 0.0)) / abs(float(y))
    return value - reach, value + reach


def wilson(x, y):
    part = ratio(x, y)
    if part is None:
        return None
    if part > 1.0:  # of steps by days some who take one have not taken the one before
        return 0.0, 1.0
    count = float(y)
    middle = (part + Z * Z / (2.0 * count)) / (1.0 + Z * Z / count)
    reach = Z / (1.0 + Z * Z / count) * math.sqrt(part * (1.0 - part) / count + Z * Z / (4.0 * count * count))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def curve(waits):
    """(days, at risk, came back, share waiting, its interval) for each day on which some came back"""
    risk, waiting, total, steps = sum(b + n for b, n in waits.values()), 1.0, 0.0, []
    for days in sorted(waits):
        back, not_yet = waits[days]
        if back:
            waiting *= 1.0 - back / risk
            total += back / (risk * (risk - back)) if risk > back else 0.0
            log = math.log(waiting) if waiting > 0.0 else -1.0
            if waiting <= 0.0 or log >= 0.0:
                low = high = waiting
            else:
                reach = Z * math.sqrt(waiting * waiting * total) / abs(waiting * log)
                low, high = waiting ** math.exp(reach), waiting ** math.exp(-reach)
            steps.append((days, risk, back, waiting, low, high))
        risk -= back + not_yet
    return steps


def quantile(steps, share):
    first = lambda at: next((s[0] for s in steps if s[at] <= 1.0 - share + 1e-12), None)
    return first(3), first(4), first(5)


def rated(row, waits):
    """The columns of gmv repurchase, of a row of sums and the histogram of its waits."""
    out = {name: row[name] for name in SAME}
    sums = {name: whole(text, "gmv" in name and not name.startswith("m_")) for name, text in row.items() if name in {n for r in RATES.values() for n in r[:5]} | set(FUNNEL.values())}
    for name, (x, y, xx, xy, yy, of_buyers, is_money) in RATES.items():
        parts = [sums[n] for n in (x, y, xx, xy, yy)]
        unit, is_known = 100 if is_money else 1, None not in parts
        out[name] = ratio(parts[0], parts[1], unit) if is_known else None
        ends = (wilson(*parts[:2]) if of_buyers else delta(*parts)) if is_known else None
        if ends and name not in NO_SHARES:
            ends = max(ends[0], 0.0), min(ends[1], 1.0)
        out[f"{name}_lo"], out[f"{name}_hi"] = (ends[0] / unit, ends[1] / unit) if ends else (None, None)
    out |= {name: sums[of] for name, of in FUNNEL.items()}
    for name, (some, all_) in STEPS.items():
        is_known = sums["private_viewers"] is not None
        out[name] = ratio(sums[some], sums[all_]) if is_known else None
        out[f"{name}_lo"], out[f"{name}_hi"] = (is_known and wilson(sums[some], sums[all_])) or (None, None)
    steps = curve(waits)
    for name, share in QUARTILES.items():
        name = f"days_to_second_order_{name}"
        out[name], out[f"{name}_lo"], out[f"{name}_hi"] = quantile(steps, share)
    return out, steps


def same(ours, theirs):
    if theirs is None:
        return ours == ""
    if isinstance(theirs, float):
        return ours != "" and abs(float(ours) - theirs) <= TOLERANCE * max(abs(float(ours)), abs(theirs))
    return ours == str(theirs)


# ---------------------------------------------------------------------------------------------------------------- the comparison

def keyed(head, rows, keys):
    """rows by key, and what is wrong: a key twice"""
    at = [head.index(k) for k in keys]
    found = {}
    for row in rows:
        found.setdefault(tuple(row[i] for i in at), []).append(dict(zip(head, row)))
    return {k: r[0] for k, r in found.items()}, [f"twice: {k}" for k, r in found.items() if len(r) > 1]


def missing(ours, theirs):
    return [f"row missing: {k} ({r})" for k, r in ours.items() if k not in theirs] + [f"row too many: {k} ({r})" for k, r in theirs.items() if k not in ours]


def compared(ours, theirs, names):
    """(cells, what differs)"""
    cells, wrong = 0, []
    for k in ours.keys() & theirs.keys():
        for name in names:
            cells += 1
            if not same(ours[k][name], theirs[k][name]):
                wrong.append(f"{k}: {name}: {ours[k][name] or 'null'} here, {theirs[k][name]} there")
    return cells, wrong


def rates(local, local_curve, answer, waits):
    """(rows, cells compared, what differs) of the table of rates and of the curve"""
    head, body = local
    keys = [h for h in head[:head.index("buyers")] if h not in UNKNOWN]
    wrong = [f"{what}: no column {c}" for what, found, wanted in (("rates", answer[0], keys + SAME), ("waits", waits[0], keys + ["days", "came_back", "not_yet"]))
             for c in wanted if c not in found]
    if wrong:
        return 0, 0, wrong
    ours, _ = keyed(head, body, keys)
    sums, twice = keyed(*answer, keys)
    at = [waits[0].index(k) for k in keys + ["days", "came_back", "not_yet"]]
    histograms = {}
    for row in waits[1]:
        *key, days, back, not_yet = (row[i] for i in at)
        known = histograms.setdefault(tuple(key), {})
        if int(days) in known or int(days) < 0:
            twice.append(f"waits: {key}: days {days} twice, or below 0")
        known[int(days)] = (int(back), int(not_yet))
    theirs, curves = {}, {}
    for key, row in sums.items():
        theirs[key], steps = rated(row, histograms.get(key, {}))
        curves |= {(*key, str(s[0])): {"at_risk": s[1], "came_back": s[2], "came_back_share": 1.0 - s[3]} for s in steps}
    cells, differ = compared(ours, theirs, [h for h in head if h not in keys and h not in UNKNOWN])
    drawn, _ = keyed(*local_curve, keys + ["days"])
    more, also = compared(drawn, curves, ["at_risk", "came_back", "came_back_share"])
    wrong = twice + missing(ours, theirs) + differ + [f"curve: {w}" for w in missing(drawn, curves) + also]
    return len(ours) + len(drawn), cells + more, wrong


def added(first, kind, count):
    """The first date of the period so many periods later."""
    day = date.fromisoformat(first)
    if kind in ("day", "week"):
        return str(day + timedelta(count * {"day": 1, "week": 7}[kind]))
    months = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12, "all": 0}[kind]
    return str(date(months // 12, months % 12 + 1, day.day))


def cohorts(local, noted, answer, kind):
    """(rows, cells compared, what differs); `noted` is the table for people, which says how many buyers are in no cohort"""
    head, body = local
    found, rows = answer
    keys = [h for h in head[1:head.index("offset")] if h not in UNKNOWN]
    wrong = [f"no column {c}" for c in ["cohort", *keys, "period", "buyers", "returned", "orders", "gmv"] if c not in found]
    if wrong:
        return 0, 0, wrong
    earlier = [row for row in rows if row[found.index("cohort")] == ""]
    theirs, twice = keyed(found, [row for row in rows if row not in earlier], ["cohort", *keys, "period"])
    ours, sizes = {}, {}
    for row in body:
        row = dict(zip(head, row))
        key = tuple(row[k] for k in ["cohort", *keys])
        sizes[key] = row["buyers"]
        if row["returned"] not in ("", "0"):
            ours[(*key, added(row["cohort"], kind, int(row["offset"])))] = row
    wrong = twice + missing(ours, theirs)
    wrong += [f"{k}: of {r['buyers']} buyers, not {sizes.get(k[:-1])}" for k, r in theirs.items() if r["buyers"] != sizes.get(k[:-1])]
    cells, differ = compared(ours, theirs, ["returned", "orders", "gmv"])
    said = re.search(r"lies before --from: buyers (\d+)", noted)
    buyers = sum(int(row[found.index("buyers")]) for row in earlier)
    if buyers != int(said[1] if said else 0):
        wrong.append(f"in no cohort: {said and said[1]} here, {buyers} there")
    return len(ours), cells + len(theirs), wrong + differ
