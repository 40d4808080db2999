"""Inputs for equality.py: small shops, most of them with everything that goes wrong in exports. Seeded, so the same each time."""
import csv
import random
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

ORDERS = ["order_id", "buyer_id", "streamer_id", "paid_at", "amount", "refund_amount", "status", "carrier", "category", "live_id"]
SESSIONS = ["session_id", "viewer_id", "streamer_id", "entered_at", "left_at", "watch_seconds", "source", "live_id"]
STREAMERS = ["s'1", 's"2', "s\\3", "s%4_", "主播5", "s 6", "7", "s\\'8`"]
CATEGORIES = ["a'b", 'c"d', "e\\f", "50%", "类_目", "g h", "", "\\d+", "${x}", "--x", "NULL"]
SOURCES = ["follow", "fans_group", "profile", "message", "shop", "recommend", "search", "other", "paid", "paid", "elsewhere", ""]
STATUSES = ["paid", "shipped", "completed", "completed", "refunded", "closed_paid", "pending", "cancelled"]
CARRIERS = ["live", "live", "video", "card", "other", "", "shelf"]
BAD_TIMES = ["2026-02-30 10:00:00", "yesterday", "2026-13-01 00:00:00", "2026-01-05 25:00:00", "08:00:00", "2026", "2026-01-05 10:61:00", "20260105", "12"]
BAD_MONEY = ["-5.00", "12.345", "abc", "1e3", "--5", "5.", "٥", "0x10", "NaN", "1.2.3"]
BAD_IDS = ["9.44E+18", "1.2e+5", "#N/A"]


@dataclass
class World:
    """Exports of one shop, and how they are asked about."""
    name: str
    orders: list
    sessions: list
    streamers: Path | None = None
    lives: Path | None = None
    options: str = ""    # for every combination, both sides
    extra: str = "--max-bad 100%"  # for gmv decompose alone
    combinations: list = field(default_factory=list)  # instead of those of compare.py
    attributes: list = field(default_factory=list)
    dimensions: list = field(default_factory=list)
    first: datetime = datetime(2026, 1, 5)
    last: datetime = datetime(2026, 2, 8)

    @property
    def exports(self):
        """The options that name the orders and sessions."""
        return ["--orders", *map(str, self.orders), *(["--sessions", *map(str, self.sessions)] if self.sessions else [])]


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(header)
        w.writerows([[row.get(h, "") for h in header] for row in rows])
    return path


def guise(r, name, text):
    """A cell as other exports write it: the same value, or nearly."""
    if not text:
        return r.choice(["", " ", "-", "--", "—", "\t", "\u00a0", "\u3000"]) if name not in ("status", "buyer_id", "viewer_id", "streamer_id", "order_id") else text
    if name in ("amount", "refund_amount"):
        wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})
        return r.choice([text, f"¥{text}", f"￥ {text}", f"{text}元", f" {text} ", f"{float(text):,.2f}", f"+{text}", f"{text}0", text.removesuffix(".00"), wide,
                         f"-{text}", f"({text})", f"'{text}", f'="{text}"', f"{text}\u2028", f"{text}\u00a0", f"USD {text}", f"${text}", f"0{text}", f"1,23,{text}"])
    if name in ("status", "carrier", "source"):
        return r.choice([text, text, text, text.upper(), text.title(), f" {text}", f"{text}\u3000", text.replace("_", " "), "".join(chr(ord(c) + 0xFEE0) for c in text)])
    if name in ("order_id", "buyer_id", "viewer_id", "streamer_id", "live_id", "category"):
        marks = [text + mark for mark in "\u00a0\u200b\u2028\u0085\n"]
        return r.choice([text, text, text, f"'{text}", f"`{text}", f'="{text}"', f"\t{text}", f"{text} ", f"\ufeff{text}", *marks])
    return r.choice([text, f" {text}", f"{text} ", f"'{text}", f'="{text}"', text.replace(" ", "T"), text.replace("-", "."), text.replace(":", "："), f"{text}\u2028"])


def stamp(t, form=0):
    """A time in one of the forms of exports."""
    if form == 1:
        return t.strftime("%Y/") + f"{t.month}/{t.day} {t.hour}:{t:%M:%S}"
    if form == 2:
        return f"{t - timedelta(hours=8):%Y-%m-%dT%H:%M:%S}Z"
    if form == 3:
        return f"{t:%Y-%m-%d %H:%M:%S}.999+08:00"
    if form in (4, 5):
        epoch = int((t - timedelta(hours=8) - datetime(1970, 1, 1)).total_seconds())
        return str(epoch) if form == 4 else f"{epoch}{t.second:03}"
    if form == 6:
        return f"{t:%Y-%m-%d %H:%M}"
    if form == 7:
        return f"{t - timedelta(hours=13):%Y-%m-%dT%H:%M:%S}-0500"
    return f"{t:%Y-%m-%d %H:%M:%S}"


class Shop:
    """Draws rows."""

    def __init__(self, seed, first, days, forms=(0,), bad=0.0, guises=0.0):
        self.r, self.first, self.days, self.forms, self.bad, self.guises = random.Random(seed), first, days, forms, bad, guises
        self.people = [f"69400000000000{n:05}" for n in range(90)] + [f"u{n}" for n in range(90)] + ["o'brien", "a\\b", "100%", "张三", "0007", "7"]

    def time(self, near_midnight=0.3):
        day = self.first + timedelta(days=self.r.randrange(self.days))
        if self.r.random() < near_midnight:
            return day + timedelta(seconds=self.r.choice([0, -1, 1, 86399, -600, 600, 18000, 17999, 3600]))
        return day + timedelta(seconds=int(self.r.triangular(0, 86399, 75600)))

    def person(self, masks=("", "张**", "匿名", "  ")):
        return self.r.choice(masks) if self.r.random() < 0.06 else self.r.choice(self.people)

    def spoil(self, row, cells):
        """Cells in other guises, and one bad cell, sometimes."""
        row = {name: guise(self.r, name, text) if self.r.random() < self.guises else text for name, text in row.items()}
        if self.r.random() < self.bad:
            name, values = self.r.choice(cells)
            row[name] = self.r.choice(values)
        return row

    def order(self, number):
        r, amount = self.r, self.r.choice([0, 1, 990, 5000, 9999, 10000, self.r.randrange(1, 90000), self.r.randrange(1, 90000)])
        status = r.choice(STATUSES)
        refund = r.choice([0, 0, 0, amount, amount // 2, amount + 500, 1])
        if status == "refunded" and refund == 0:
            refund = amount // 2 + 1  # without an amount, --basis net is refused
        row = {"order_id": f"69{10**17 + number}", "buyer_id": self.person(), "streamer_id": "" if r.random() < 0.04 else r.choice(STREAMERS),
               "paid_at": "" if r.random() < 0.03 else stamp(self.time(), r.choice(self.forms)), "amount": f"{amount // 100}.{amount % 100:02}",
               "refund_amount": f"{refund // 100}.{refund % 100:02}" if refund or r.random() < 0.5 else "",
               "status": status, "carrier": r.choice(CARRIERS), "category": r.choice(CATEGORIES),
               "live_id": r.choice(["", "-", "L1", "L2", "L'3"])}
        return self.spoil(row, [("paid_at", BAD_TIMES), ("amount", [*BAD_MONEY, ""]), ("refund_amount", BAD_MONEY), ("order_id", [*BAD_IDS, ""]),
                                ("buyer_id", BAD_IDS), ("streamer_id", BAD_IDS)])

    def session(self, number):
        r, t = self.r, self.time()
        length = r.choice([0, 1, 30, 600, 3600, 7200, 86400, 90000, 200000, r.randrange(0, 5000), r.randrange(0, 5000), r.randrange(0, 5000)])
        row = {"session_id": f"x{number}", "viewer_id": self.person(("", "  ")), "streamer_id": r.choice(STREAMERS),
               "entered_at": stamp(t, r.choice(self.forms)), "left_at": stamp(t + timedelta(seconds=length), r.choice(self.forms)),
               "source": r.choice(SOURCES), "live_id": r.choice(["", "--", "L1", "L2", "L'3"])}
        if r.random() < 0.2:
            row["watch_seconds"] = r.choice(["0", str(length), "59.9", "90061"])
        if r.random() < 0.1:
            row["left_at"] = ""
        return self.spoil(row, [("entered_at", BAD_TIMES), ("left_at", [*BAD_TIMES, stamp(t - timedelta(seconds=5))]), ("watch_seconds", ["-1", "x", "1e9999"]),
                                ("viewer_id", BAD_IDS), ("streamer_id", [*BAD_IDS, ""])])


def streamer_table(folder):
    rows = [{"streamer_id": s, "streamer_name": f"n{i}", "tier": ["head", "it's", "t\\l", ""][i % 4], "goods": ["50%", 'a"b', "x"][i % 3]}
            for i, s in enumerate(STREAMERS[:-1])]
    return write(folder / "streamers.csv", ["streamer_id", "streamer_name", "tier", "goods"], [*rows, rows[0]])


def live_table(folder, first, days, seed=5):
    r = random.Random(seed)
    rows = []
    for n in range(3 * days):
        a = first + timedelta(days=n // 3, hours=r.choice([9, 19, 20, 23]))
        rows.append({"live_id": ["L1", "L2", "L'3"][n // 8] if n < 20 else f"B{n}", "streamer_id": STREAMERS[n % 8] if n < 20 else r.choice(STREAMERS),
                     "started_at": stamp(a), "ended_at": stamp(a + timedelta(hours=r.choice([0, 1, 4, 30])))})
    return write(folder / "lives.csv", ["live_id", "streamer_id", "started_at", "ended_at"], rows)


def overlapping(shop, orders):
    """A later export: some orders again, in another state, in another order; some of them twice."""
    again = [dict(o) for o in shop.r.sample(orders, len(orders) // 4)]
    for o in again:
        o[shop.r.choice(["buyer_id", "amount", "status", "streamer_id", "paid_at"])] = shop.r.choice(["cancelled", "", "张**", "55.55"])
        o["status"] = o["status"] if o["status"] in STATUSES else "completed"
    return again + [dict(o, amount="1.00") for o in again[:5]]


def dirty(folder, name="dirty", seed=1, first=datetime(2026, 1, 5), days=35, forms=(0,), orders=ORDERS, sessions=SESSIONS, guises=0.0, **more):
    """Bad rows, duplicates over two files, refunds beyond amounts, sessions that overlap or last days, hostile names."""
    folder = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(seed, first, days, forms, 0.06, guises)
    bought, seen = [shop.order(n) for n in range(500)], [shop.session(n) for n in range(1500)]
    parts = lambda rows, k: [rows[i * len(rows) // k:(i + 1) * len(rows) // k] for i in range(k)]
    order_files = [bought, overlapping(shop, bought)] if "status" in orders else [bought]
    return World(name, [write(folder / f"orders-{i}.csv", orders, rows) for i, rows in enumerate(order_files)],
                 [write(folder / f"sessions-{i}.csv", sessions, rows) for i, rows in enumerate(parts(seen, 2))],
                 first=first, last=first + timedelta(days=days - 1),
                 **({"streamers": streamer_table(folder), "lives": live_table(folder, first, days), "attributes": ["tier", "goods"],
                     "dimensions": ["category"]} | more))


def lines(folder):
    """Orders of lines: several streamers in one order, refunds of lines beyond their amounts. (A table has lines in all rows or in none.)"""
    folder = folder / "lines"
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(2, datetime(2026, 1, 5), 28, bad=0.03)
    rows = []
    for n in range(250):
        head = shop.order(n)
        for k in range(shop.r.choice([1, 1, 2, 3, 5])):
            line = shop.order(n) | {"order_id": head["order_id"], "buyer_id": head["buyer_id"], "line_id": shop.r.choice([f"{k}", f"0{k}", f"{9 + k}", f"x{k}"])}
            rows.append(line if shop.r.random() < 0.2 else line | {"streamer_id": head["streamer_id"], "paid_at": head["paid_at"]})
    header = ["order_id", "line_id", *ORDERS[1:]]
    files = [(header, rows), (header, [dict(o, amount="70.07") for o in shop.r.sample(rows, 40)])]
    seen = [shop.session(n) for n in range(600)]
    return World("lines", [write(folder / f"orders-{n}.csv", *f) for n, f in enumerate(files)],
                 [write(folder / "sessions.csv", SESSIONS, seen)], dimensions=["category"], combinations=[
                     "--moments", "--basis net --moments", "--by total,category --attribution all --basis net --moments", "--by streamer,price-band --basis net",
                     "--by category,domain,buyer-type --attribution window:2h --moments", "--by carrier,price-band --period day --basis net --attribution carrier"])


def zone(folder, name, timezone, day, seed):
    """Nights on which clocks change."""
    first = datetime.fromisoformat(day) - timedelta(days=3)
    combinations = ["--period day --moments", "--period day --day-start 02:30 --by total", "--moments", "--attribution window:0s --period day --by total --moments",
                    "--attribution window:1h --by streamer,buyer-type", "--period day --day-start 05:00 --by domain --domain-rule longest --moments",
                    f"--from {day} --to {day} --period day", f"--period all --from {day} --by total --moments"]
    w = dirty(folder, name, seed, first, 7, forms=(0, 0, 0, 1, 2, 4), options=f"--timezone {timezone}", combinations=combinations)
    clock = Shop(seed + 1, datetime.fromisoformat(day), 1, (0, 0, 0, 2))
    clock.time = lambda near_midnight=0: datetime.fromisoformat(day) + timedelta(seconds=clock.r.randrange(0, 5 * 3600, 300))
    header = lambda path: next(csv.reader(open(path, encoding="utf-8")))
    for path, rows in ((w.orders[-1], [clock.order(10**6 + n) for n in range(200)]), (w.sessions[-1], [clock.session(10**6 + n) for n in range(500)])):
        with open(path, "a", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([[row.get(h, "") for h in header(path)] for row in rows])
    return w


def sample(folder, gmv, sessions):
    """The tool's own sample, clean, with the orders in two files that overlap."""
    folder = folder / "sample"
    subprocess.run([gmv, "sample", "--sessions", str(sessions), "--streamers", "20", "--weeks", "8", "--seed", "11", "--out", folder, "--quiet"], check=True)
    head, *rows = open(folder / "orders.csv", encoding="utf-8").read().splitlines(keepends=True)
    parts = [rows[:len(rows) * 2 // 3], rows[len(rows) // 2:]]
    for n, part in enumerate(parts):
        (folder / f"orders-{n}.csv").write_text(head + "".join(part), encoding="utf-8")
    return World("sample", [folder / "orders-0.csv", folder / "orders-1.csv"], [folder / "sessions.csv"], folder / "streamers.csv", folder / "lives.csv", extra="",
                 attributes=["tier", "goods", "cast"], dimensions=["quantity", "category"], first=datetime(2026, 9, 21), last=datetime(2026, 11, 15))


def orders(folder, gmv, sessions):
    """The orders of the sample alone."""
    world = sample(folder, gmv, sessions)
    world.name, world.sessions = "orders", []
    world.combinations = ["--attribution all --moments", "--attribution all --by total,category --basis net --from 2026-10-01"]
    return world


def empty(folder):
    """Nobody was seen: a table of sessions without a row."""
    w = dirty(folder, "empty", 10, streamers=None, lives=None, attributes=[], combinations=["", "--from 2026-01-12 --to 2026-01-25 --attribution all", "--covers 2026-01-01..2026-03-01 --by total"])
    w.sessions = [write(folder / "empty" / "sessions.csv", SESSIONS, [])]
    return w


FEW = ["--moments", "--by total,buyer-type --period day --attribution all --moments", "--attribution window:30m --by streamer --period month"]
KNOWN = ["--by total,carrier --moments", "--basis net --by streamer,domain"]


def unknown(folder, how):
    """Statuses that no mapping knows, one of them blank."""
    w = dirty(folder, how, 5, combinations=FEW + KNOWN, options=f"--unknown-status {how}" if how != "refuse" else "")
    text = w.orders[0].read_text(encoding="utf-8").replace(",shipped,", ",it's \\odd%,").replace(",closed_paid,", ",,")
    w.orders[0].write_text(text, encoding="utf-8")
    return w


def names(folder):
    """Columns of users that have the names of columns of the steps of a statement."""
    own = ["kind", "person", "money", "group_1", "w", "paid"]
    w = dirty(folder, "names", 8, dimensions=own, attributes=["nobody"], combinations=[
        "--by kind,person --moments", "--by streamer,status --attribution all", "--by money,group_1,domain --basis net --period day", "--by nobody,w,paid,traffic --moments"])
    for path, extra, key in [*((path, own, "order_id") for path in w.orders), (w.streamers, ["nobody"], "streamer_id")]:
        with open(path, encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f))
        for row in rows:
            row |= {name: ["", f"{name}'s", f"{len(name)}"][(sum(map(ord, row[key])) + len(name)) % 3] for name in extra}
        write(path, list(rows[0]), rows)
    return w


def unpaid(folder):
    """Statuses that no mapping knows on orders that were never paid: nothing to refuse."""
    w = dirty(folder, "unpaid", 9, combinations=FEW)
    for path in w.orders:
        with open(path, encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f))
        for row in rows:
            row["status"] = row["status"] if row["paid_at"].strip() else "nobody's"
        write(path, list(rows[0]), rows)
    return w


ODD_TIMES = ["2026-02-29", "2026-02-29 garbage", "2026-02-28 garbage", "2026-13-01T", "2026-01-05 25:00:00", "2026-01-05 25:00:00 garbage", "2026-01-05 10:60", "2026-01-05 10:59:60",
             "2026-01-05 10:5", "2026-01-05 1:05", "2026-01-05 10:59:5", "2026-01-05 30:59:5", "2026-01-05 10:05:", "2026-01-05 99:05:", "2026-01-05 10:05:05.", "2026-01-05 99:05:05.",
             "2026-01-05 99:05:05.1x", "2026-01-05 10:05:05,25", "2026-01-05 10:05:05+08", "2026-01-05 10:05:05+8", "2026-01-05 10:05:05+0860", "2026-01-05 10:05:05+19:00",
             "2026-01-05 10:05:05+18:00", "2026-01-05 10:05:05+18:01", "2026-01-05 10:05:05-1801x", "2026-01-05 10:05:05+08:", "2026-01-05 10:05:05+19:", "2026-01-05 10:05:05+08:0x",
             "2026-01-05 10:05:05 Z", "2026-01-05 10:05:05 ZZ", "2026-01-05 10:05:05 CST", "2026-1-5", "2026-1-123", "2026-13-123", "2026/1-5", "2026.1.5", "2026.02.30", "0000-01-05", "0000-13-05",
             "0001-01-05", "26-01-05", "12026-01-05", "9999-12-30 05:59:59", "9999-12-31 08:00:00", "9999-12-31 23:59:59", "1767600000", "1767600000000", "176760000", "17676000000", "45297", "45297.5",
             "2026-01-05T10:05:05", "2026-01-05  10:05:05", "2026-01-05_10:05:05", "2026-01-05T 10:05", "2026-01-05 24:00:00", "-", "0881-01-01", "3100-01-01 00:00:00", "２０２６-01-05"]
ODD_MONEY = ["5", "5.5", "5.55", "5.555", "-5.555", "-0.000", "0.000", "-0", "-5", "−5", "¥-5", "-¥5", "--5", "5-", "(5)", "+5", "1,234.5", "1,2345", "12,34", "1，234.56", "¥ 1,234.567", "5元", "元", "¥",
             "5 元", "-5元", "5.", ".5", "1e3", "NaN", "abc", "99999999999999.00", "-99999999999999.00", "10000000000000.00", "10000000000000.01", "99999999999999999999", "99999999999999999999.999",
             "0x10", "٥", "５", "-", "--", "—", "/", "无退款申请", "5 5", "5.5.5", "5,", "€5", "£-5.123"]
ODD_IDS = ["", "9.44E+18", "1e+5", "1e5", "1E+1234", ".5E+3", "12E+100", "#N/A", "#REF!", "#N/A!", "#1", "'9.44E+18", '="#N/A"', "'", '=""', "`7", "-", "--", "/"]
ODD_SECONDS = ["0", "59.9", "59.", ".9", "-1", "1e3", "12s", "99999999999", "999999999999", "1:30", "٥", "", "-"]


def cells(folder):
    """A row for each odd cell of each column, in rows that are right otherwise."""
    folder = folder / "cells"
    folder.mkdir(parents=True, exist_ok=True)
    order = {"buyer_id": "u1", "streamer_id": "7", "paid_at": "2026-01-05 10:00:00", "amount": "10.00", "refund_amount": "", "status": "paid", "carrier": "live", "category": "a", "live_id": ""}
    session = {"viewer_id": "u1", "streamer_id": "7", "entered_at": "2026-01-05 09:00:00", "left_at": "2026-01-05 09:30:00", "source": "paid"}
    odd = [("paid_at", ODD_TIMES), ("amount", ODD_MONEY), ("refund_amount", ODD_MONEY), *((name, ODD_IDS) for name in ("order_id", "buyer_id", "streamer_id", "live_id"))]
    orders = [{"order_id": f"{name}{n}", **order, name: text} for name, texts in odd for n, text in enumerate(texts)]
    orders += [{"order_id": f"x{n}", **order, "status": status, "amount": text} for status in ("pending", "odd", "") for n, text in enumerate(["", "-", "5.00", "x"])]
    odd = [("entered_at", ODD_TIMES), ("left_at", ODD_TIMES), ("watch_seconds", ODD_SECONDS), *((name, ODD_IDS) for name in ("viewer_id", "streamer_id", "live_id"))]
    sessions = [{"session_id": f"{n}", **session, name: text} for name, texts in odd for n, text in enumerate(texts)]
    return World("cells", [write(folder / "orders-0.csv", ORDERS, orders)], [write(folder / "sessions.csv", SESSIONS, sessions)], options="--unknown-status skip", dimensions=["category"],
                 combinations=["--covers 2026-01-01..2026-12-31 --from 2026-01-01 --to 2026-12-31", "--basis net --attribution all --from 2026-01-01 --to 2026-12-31",
                               "--allow-mangled-ids --attribution window:30m --from 2025-01-01 --to 2026-12-31"])


TYPED = ({"order_id": "DECIMAL(20, 0)", "buyer_id": "BIGINT", "streamer_id": "INTEGER", "paid_at": "TIMESTAMPTZ", "amount": "DECIMAL(18, 4)", "refund_amount": "DECIMAL(38, 18)", "category": "DECIMAL(10, 3)"},
         {"viewer_id": "BIGINT", "streamer_id": "BIGINT", "entered_at": "TIMESTAMP", "left_at": "TIMESTAMPTZ", "watch_seconds": "DOUBLE"})
FLOATS = ({"buyer_id": "DOUBLE", "streamer_id": "DOUBLE", "paid_at": "TIMESTAMP", "amount": "DOUBLE", "refund_amount": "FLOAT", "category": "DOUBLE", "status": "VARCHAR"},
          {"viewer_id": "BIGINT", "streamer_id": "FLOAT", "entered_at": "TIMESTAMPTZ", "left_at": "TIMESTAMP", "watch_seconds": "FLOAT"})


WORDS = """
name = "words"
currency = "US$"
[orders.columns]
paid_at = { first = ["paid_at", "ordered_at"] }
[orders.statuses]
paid = ["", "paid"]
completed = ["completed"]
[sessions.sources]
private = ["", "follow", "shop"]
paid = ["paid"]
"""


def typed(folder, name, types, seed, profile=None):
    """Parquet files whose columns are numbers and times, which this machine reads itself; with a profile the time of an order is in one of two columns, and blank words mean something."""
    import duckdb
    folder = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(seed, datetime(2026, 1, 5), 28)
    r, people = shop.r, ["1001", "1002", "1003", "70", "7", "NaN", "", "6940000000000000123", "9007199254740994", "12345678901234567"]
    amounts = ["12.34", "100", "0", "0.1", "1299.9", "0.30000000000000004", "12.345", "12.340000001", "1e-5", "NaN", "", "1e14", "5000", "99.99"]
    rows = [shop.order(n) | {"buyer_id": r.choice(people), "streamer_id": r.choice(["7", "8", "12", ""]), "amount": r.choice(amounts), "category": r.choice(["3", "3.5", "0.125", ""]),
                             "refund_amount": r.choice(["", "", "5", "12.34", "0.5"]), "status": r.choice(["paid", "completed", "" if profile else "paid"])} for n in range(400)]
    if profile:
        types = ({**types[0], "ordered_at": types[0]["paid_at"]}, types[1])
        rows = [row | ({"ordered_at": row["paid_at"], "paid_at": ""} if n % 3 else {"ordered_at": stamp(shop.time())}) for n, row in enumerate(rows)]
        (folder / "words.toml").write_text(profile, encoding="utf-8")
    seen = [shop.session(n) | {"viewer_id": r.choice([who for who in people if who != "NaN"]), "streamer_id": r.choice(["7", "8", "12"]), "watch_seconds": r.choice(["", "0.0004", "12000000", "59.9", "600"])}
            for n in range(900)]
    con = duckdb.connect()
    con.execute("SET TimeZone = 'Asia/Shanghai'")
    paths = []
    for table, header, all_rows, of in (("orders", [*ORDERS, *(["ordered_at"] if profile else [])], rows, types[0]), ("sessions", SESSIONS, seen, types[1])):
        text, path = write(folder / f"{table}.csv", header, all_rows), folder / f"{table}.parquet"
        cells = ", ".join(f'TRY_CAST("{h}" AS {of.get(h, "VARCHAR")}) AS "{h}"' for h in header)
        con.execute(f"COPY (SELECT {cells}, 0 AS gmv_file, row_number() OVER () AS gmv_row FROM read_csv('{text}', header=true, all_varchar=true, null_padding=true)) TO '{path}' (FORMAT parquet)")
        paths.append(path)
    return World(name, [paths[0]], [paths[1]], dimensions=["category"], options=f"--profile {folder / 'words.toml'}" if profile else "", combinations=[
        "--moments", "--basis net --by total,category --attribution all", "--by streamer,domain,category --moments", "--attribution window:30m --period day --by total --allow-mangled-ids"])


# By name: a function of (folder, path of gmv, sessions of the clean shop).
WORLDS = {
    "sample": sample,
    "orders": orders,
    "dirty": lambda folder, *_: dirty(folder),
    "forms": lambda folder, *_: dirty(folder, "forms", 3, forms=range(8), combinations=FEW),
    "guises": lambda folder, *_: dirty(folder, "guises", 6, forms=range(8), guises=0.08, combinations=FEW + ["--by streamer,carrier,category", "--by domain,traffic"],
                                       options="--unknown-status skip"),
    "lines": lambda folder, *_: lines(folder),
    "spring": lambda folder, *_: zone(folder, "spring", "America/New_York", "2026-03-08", 20),
    "autumn": lambda folder, *_: zone(folder, "autumn", "America/New_York", "2026-11-01", 21),
    "lord-howe": lambda folder, *_: zone(folder, "lord-howe", "Australia/Lord_Howe", "2026-04-05", 22),
    "bare": lambda folder, *_: dirty(folder, "bare", 4, orders=ORDERS[:5], sessions=SESSIONS[:5], streamers=None, lives=None, attributes=[], dimensions=[],
                                     combinations=FEW),
    "names": lambda folder, *_: names(folder),
    "empty": lambda folder, *_: empty(folder),
    "unpaid": lambda folder, *_: unpaid(folder),
    "skip": lambda folder, *_: unknown(folder, "skip"),
    "count": lambda folder, *_: unknown(folder, "count"),
    "refuse": lambda folder, *_: unknown(folder, "refuse"),
    "cells": lambda folder, *_: cells(folder),
    "typed": lambda folder, *_: typed(folder, "typed", TYPED, 30),
    "floats": lambda folder, *_: typed(folder, "floats", FLOATS, 31),
    "words": lambda folder, *_: typed(folder, "words", TYPED, 32, WORDS),
}
