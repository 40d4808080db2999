#!/usr/bin/env python3
"""The table of `gmv decompose` in DuckDB SQL, to the letter of the metric specification.

usage: decompose.py --orders FILE... --sessions FILE... [--streamers FILE] [--lives FILE...] [the options of gmv decompose]

An independent oracle: it shares no code with the tool and is written from the definitions alone (numbers such as §5 are
the sections of the metric specification, "choices" is docs/metrics.md). It reads canonical CSV files, takes the clock of
Asia/Shanghai (+08:00 without changes, so local arithmetic is exact), and writes the columns of decompose as CSV.

All instants are whole *business seconds*: local seconds since 1970 less --day-start. So every business day starts at a
multiple of 86400, and the rest of the arithmetic does not know about --day-start.
"""
import argparse
import csv
import re
import sys
from datetime import date

import duckdb

PRIVATE = "('follow', 'fans_group', 'profile', 'message', 'shop')"
COUNTED = "('paid', 'shipped', 'completed', 'refunded', 'closed_paid')"
NEVER = "('pending', 'cancelled')"
MOMENTS = ["m_11", "m_1w", "m_1b", "m_1o", "m_1g", "m_ww", "m_wb", "m_wo", "m_wg",
           "m_bb", "m_bo", "m_bg", "m_oo", "m_og", "m_gg"]
VIEWER_SIDE = ("domain", "traffic", "buyer_type")
ZONE = 8 * 3600


class OracleError(Exception):
    """The specification asks for a failure, not for a table."""


# ---------------------------------------------------------------------------------------------------------------- options

def parser():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--orders", nargs="+", action="extend", required=True)
    p.add_argument("--sessions", nargs="+", action="extend", required=True)
    p.add_argument("--streamers")
    p.add_argument("--lives", nargs="+", action="extend")
    options(p)
    p.add_argument("-o", "--output")
    return p


def options(p):
    p.add_argument("--basis", choices=["paid", "net"], default="paid")
    p.add_argument("--attribution", default="period")
    p.add_argument("--domain-rule", choices=["any-private", "first", "longest"], default="any-private")
    p.add_argument("--period", choices=["day", "week", "month", "quarter", "year", "all"], default="week")
    p.add_argument("--week-start", choices=["mon", "sun"], default="mon")
    p.add_argument("--day-start", default="00:00")
    p.add_argument("--from", dest="from_", type=date.fromisoformat)
    p.add_argument("--to", type=date.fromisoformat)
    p.add_argument("--covers")
    p.add_argument("--max-session", default="24h")
    p.add_argument("--by", default="streamer")
    p.add_argument("--price-bands", default="0,50,100,200,500")
    p.add_argument("--moments", action="store_true")
    # read by the tool, without effect on the table
    p.add_argument("--max-bad")
    p.add_argument("--format")
    p.add_argument("--raw-text", action="store_true")
    p.add_argument("-q", dest="quiet", action="store_true")


def seconds(text):
    m = re.fullmatch(r"(\d+)(s|m|h|d|w)", text)
    if not m:
        raise OracleError(f"no duration: {text}")
    return int(m[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[m[2]]


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------------------------------------------------------- reading

SETUP = r"""
-- blank cells are null; text is trimmed
CREATE OR REPLACE MACRO cell(s) AS nullif(trim(s, ' ' || chr(9) || chr(13) || chr(10)), '');
-- local seconds since 1970, parts of a second floored; with an offset, an instant turned into local time
CREATE OR REPLACE MACRO plain_seconds(s) AS CAST(floor(epoch_us(try_cast(replace(s, '/', '-') AS TIMESTAMP)) / 1000000) AS BIGINT);
CREATE OR REPLACE MACRO offset_of(s) AS regexp_extract(s, '(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$', 1);
CREATE OR REPLACE MACRO offset_seconds(f) AS CASE WHEN f = 'Z' THEN 0
    ELSE (CASE WHEN f[1] = '-' THEN -1 ELSE 1 END) * (CAST(f[2:3] AS BIGINT) * 3600 + CAST(coalesce(nullif(replace(f[4:], ':', ''), ''), '0') AS BIGINT) * 60) END;
CREATE OR REPLACE MACRO local_seconds(s) AS CASE
    WHEN regexp_full_match(s, '\d{10}') THEN CAST(s AS BIGINT) + 28800
    WHEN regexp_full_match(s, '\d{13}') THEN CAST(s AS BIGINT) // 1000 + 28800
    WHEN regexp_matches(s, ':\d{2}(\.\d+)?\s*(Z|[+-]\d{2}(:?\d{2})?)$')
        THEN plain_seconds(trim(s[1:len(s) - len(offset_of(s))])) - offset_seconds(offset_of(s)) + 28800
    ELSE plain_seconds(s) END;
-- what a cell names as a broadcast
CREATE OR REPLACE MACRO live(s) AS CASE WHEN s NOT IN ('-', '--', '—', '/') THEN s END;
-- money: whole minor units; null where it cannot be read
CREATE OR REPLACE MACRO minor(s) AS CASE WHEN regexp_full_match(s, '\d+(\.\d{1,2})?') THEN CAST(CAST(s AS DECIMAL(30, 2)) * 100 AS BIGINT) END;
CREATE OR REPLACE MACRO blank_money(s) AS s IS NULL OR s IN ('-', '--', '—', '/');
-- an id that Excel destroyed
CREATE OR REPLACE MACRO mangled(s) AS coalesce(regexp_full_match(s, '\d(\.\d+)?[eE]\+\d+'), false);
"""


def load_csv(con, table, paths, needed, optional):
    """All files, in the order given, as text, with the number of the file and of the row in it."""
    columns, heads = [], []
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as f:
            head = [h.strip() for h in next(csv.reader(f))]
        for name in needed:
            if name not in head:
                raise OracleError(f"{path}: no column {name}")
        heads.append(head)
        columns += [h for h in head if h not in columns]
    columns += [c for c in optional if c not in columns]
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (file_no INTEGER, row_no BIGINT, has_status BOOLEAN, "
                + ", ".join(f"{quote(c)} VARCHAR" for c in columns) + ")")
    for number, (path, head) in enumerate(zip(paths, heads)):
        names = "{" + ", ".join(f"{literal(h)}: 'VARCHAR'" for h in head) + "}"
        # a table of its own, so that rowid is the order of the file
        con.execute(f"CREATE OR REPLACE TEMP TABLE one_file AS SELECT * FROM read_csv({literal(path)}, header=true, "
                    f"columns={names}, delim=',', quote='\"', escape='\"', auto_detect=false)")
        con.execute(f"INSERT INTO {table} SELECT {number}, rowid, {str('status' in head).lower()}, "
                    + ", ".join(f"cell({quote(c)})" if c in head else "NULL" for c in columns) + " FROM one_file")
    con.execute("DROP TABLE IF EXISTS one_file")
    return columns, heads


class Oracle:
    """Files read once; decompose() for any options."""

    def __init__(self, orders, sessions, streamers=None, lives=None):
        self.con = con = duckdb.connect()
        con.execute("SET threads = 2; SET preserve_insertion_order = true")
        con.execute(SETUP)
        self.order_columns, heads = load_csv(
            con, "order_text", orders, ["order_id", "buyer_id", "streamer_id", "paid_at", "amount"],
            ["line_id", "refund_amount", "status", "carrier", "live_id"])
        self.has_refunds = any("refund_amount" in h for h in heads)
        has_live = any("live_id" in h for h in heads)
        session_columns, heads = load_csv(
            con, "session_text", sessions, ["viewer_id", "streamer_id", "entered_at"], ["left_at", "watch_seconds", "source", "live_id"])
        self.has_source = any("source" in h for h in heads)
        self.has_lives = bool(lives)
        self.knows_lives = has_live or any("live_id" in h for h in heads) or self.has_lives
        # the table of broadcasts: of one that two files list, the later stands
        if lives:
            load_csv(con, "live_text", lives, ["live_id", "streamer_id", "started_at", "ended_at"], [])
        else:
            con.execute("CREATE TEMP TABLE live_text (file_no INTEGER, live_id VARCHAR, streamer_id VARCHAR, started_at VARCHAR, ended_at VARCHAR)")
        con.execute("""CREATE OR REPLACE TEMP TABLE listed AS
            SELECT streamer_id, live_id, local_seconds(started_at) AS a, local_seconds(ended_at) AS z FROM live_text
            QUALIFY row_number() OVER (PARTITION BY streamer_id, live_id ORDER BY file_no DESC) = 1""")
        self.attributes = []
        if streamers:
            columns, _ = load_csv(con, "streamer_text", [streamers], ["streamer_id"], [])
            self.attributes = [c for c in columns if c != "streamer_id"]
        self.orders()
        self.sessions()

    # §2: duplicates, statuses, lines. What does not depend on an option.
    def orders(self):
        con = self.con
        own = {"order_id", "line_id", "buyer_id", "streamer_id", "paid_at", "amount", "refund_amount", "status", "carrier",
               "streamer_name", "refunded_at", "live_id"}
        self.dimensions = [c for c in self.order_columns if c not in own]
        unknown = con.execute(f"""SELECT coalesce(status, ''), count(*) FROM order_text WHERE has_status
            AND coalesce(status, '') NOT IN {COUNTED[:-1]}, {NEVER[1:]} GROUP BY ALL ORDER BY 1""").fetchall()
        if unknown:
            raise OracleError(f"unknown statuses: {unknown}")
        dims = "".join(f", coalesce({quote(d)}, '(none)') AS {quote(d)}" for d in self.dimensions)
        con.execute(f"""
        -- typed rows; never paid: a status that says so, or no time of payment
        CREATE OR REPLACE TEMP TABLE order_row AS
        SELECT file_no, row_no, order_id, line_id, coalesce(streamer_id, '(none)') AS streamer_id,
            -- a buyer that is blank or masked is nobody
            CASE WHEN contains(buyer_id, '**') OR buyer_id = '匿名' THEN NULL ELSE buyer_id END AS person,
            paid_at IS NULL OR coalesce(status IN {NEVER}, false) AS never_paid,
            local_seconds(paid_at) AS paid_local, live(live_id) AS named,
            coalesce(minor(amount), 0) AS amount, coalesce(minor(refund_amount), 0) AS refund,
            status = 'refunded' AND blank_money(refund_amount) AS refund_missing,
            CASE WHEN carrier IS NULL THEN '(none)' WHEN carrier IN ('live', 'video', 'card', 'other') THEN carrier ELSE 'other' END AS carrier,
            order_id IS NULL OR mangled(order_id) OR mangled(buyer_id) OR mangled(streamer_id) OR mangled(line_id) OR mangled(live_id)
                OR (paid_at IS NOT NULL AND local_seconds(paid_at) IS NULL)
                OR (NOT blank_money(amount) AND minor(amount) IS NULL)
                OR (NOT blank_money(refund_amount) AND minor(refund_amount) IS NULL)
                -- a blank amount rejects a row that was paid
                OR (blank_money(amount) AND NOT (paid_at IS NULL OR coalesce(status IN {NEVER}, false))) AS rejected
            {dims}
        FROM order_text;
        -- §2 duplicates, before any filter: the later file, within a file the last row; a rejected row replaces nothing.
        -- An order present at both levels has the level of its latest row.
        CREATE OR REPLACE TEMP TABLE standing AS
        SELECT * EXCLUDE (line_level) FROM (
            SELECT *, first_value(line_id IS NOT NULL) OVER (PARTITION BY order_id ORDER BY file_no DESC, row_no DESC) AS line_level
            FROM order_row WHERE NOT rejected)
        WHERE (line_id IS NOT NULL) = line_level
        QUALIFY row_number() OVER (PARTITION BY order_id, line_id ORDER BY file_no DESC, row_no DESC) = 1;
        -- never-paid lines drop first; an order is the lines of one (order_id, streamer), numbered by line id
        CREATE OR REPLACE TEMP TABLE paid_line AS
        SELECT *, row_number() OVER (PARTITION BY order_id, streamer_id ORDER BY
                NOT coalesce(regexp_full_match(line_id, '\\d+'), false),
                CASE WHEN regexp_full_match(line_id, '\\d+') THEN len(ltrim(line_id, '0')) END,
                CASE WHEN regexp_full_match(line_id, '\\d+') THEN ltrim(line_id, '0') END, line_id) AS line_no,
            dense_rank() OVER (ORDER BY order_id, streamer_id) AS order_no
        FROM standing WHERE NOT never_paid;
        """)
        rejected = con.execute("SELECT count(*) FROM order_row WHERE rejected").fetchone()[0]
        if rejected:
            print(f"orders: {rejected} rows rejected", file=sys.stderr)
        # refunds cap at the line, an excess spreads over the other lines of the order (in Python: it is rare and iterative)
        con.execute("""CREATE OR REPLACE TEMP TABLE line AS
            SELECT *, least(refund, amount) AS refunded FROM paid_line""")
        spread = []
        rows = con.execute("""SELECT order_no, line_no, amount, refund FROM paid_line
            WHERE order_no IN (SELECT order_no FROM paid_line GROUP BY 1 HAVING count(*) > 1 AND bool_or(refund > amount))
            ORDER BY 1, 2""").fetchall()
        by_order = {}
        for number, line, amount, refund in rows:
            by_order.setdefault(number, []).append([line, amount, min(amount, refund), max(0, refund - amount)])
        for number, lines in by_order.items():
            excess = sum(x[3] for x in lines)
            while excess > 0 and any(x[1] > x[2] for x in lines):
                open_ = [x for x in lines if x[1] > x[2]]
                weight = sum(x[1] for x in open_)
                shares = [[excess * x[1] // weight, -(excess * x[1] % weight), i] for i, x in enumerate(open_)]
                for s in sorted(shares, key=lambda s: (s[1], s[2]))[:excess - sum(s[0] for s in shares)]:
                    s[0] += 1
                for s, x in zip(shares, open_):
                    take = min(s[0], x[1] - x[2])
                    x[2] += take
                    excess -= take
            spread += [(x[2], number, x[0]) for x in lines]
        if spread:
            con.executemany("UPDATE line SET refunded = ? WHERE order_no = ? AND line_no = ?", spread)

    # §4 and §5: sessions as intervals, before capping
    def sessions(self):
        con = self.con
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE session_row AS
        SELECT *, coalesce(
                viewer_id IS NOT NULL AND mangled(viewer_id) OR mangled(streamer_id) OR mangled(live_id) OR streamer_id IS NULL OR entered IS NULL
                OR (left_at IS NOT NULL AND leaving IS NULL) OR (watch_seconds IS NOT NULL AND (watched IS NULL OR watched < 0))
                -- leaving before entering is a reject, whether watch_seconds is there or not
                OR leaving < entered, false) AS rejected
        FROM (
            SELECT viewer_id, streamer_id, live_id, local_seconds(entered_at) AS entered, local_seconds(left_at) AS leaving, left_at, watch_seconds,
                CAST(floor(try_cast(watch_seconds AS DOUBLE)) AS BIGINT) AS watched,
                coalesce(source IN {PRIVATE}, false) AS private, coalesce(source = 'paid', false) AS paid
            FROM session_text);
        CREATE OR REPLACE TEMP TABLE session_all AS
        -- watch_seconds wins over left_at; neither is a session of 0 seconds
        SELECT viewer_id AS person, streamer_id, entered, coalesce(entered + watched, leaving, entered) AS leaving, private, paid,
            live(live_id) AS named
        FROM session_row WHERE NOT rejected;
        DROP TABLE session_text;
        """)
        rejected = con.execute("SELECT count(*) FROM session_row WHERE rejected").fetchone()[0]
        con.execute("DROP TABLE session_row")
        if rejected:
            print(f"sessions: {rejected} rows rejected", file=sys.stderr)

    # ------------------------------------------------------------------------------------------------------- the table

    def decompose(self, o):
        """(header, rows): cells are str, int, float, bool or None; money is in minor units."""
        con = self.con
        day_start = re.fullmatch(r"(\d\d):(\d\d)", o.day_start)
        shift = int(day_start[1]) * 3600 + int(day_start[2]) * 60
        cap = seconds(o.max_session)
        by = [b.strip() for b in o.by.split(",")]
        group_columns, order_columns, viewer_columns, out = [], [], [], []
        for b in by:
            name = {"streamer": "streamer_id", "buyer-type": "buyer_type", "price-band": "price_band", "live": "live_id"}.get(b, b)
            if b == "total":
                continue
            out.append(name)
            if name in VIEWER_SIDE:
                viewer_columns.append(name)
            elif name in ("streamer_id", "live_id") or name in self.attributes:
                group_columns.append(name)
            elif name in ("price_band", "carrier") or name in self.dimensions:
                order_columns.append(name)
            else:
                raise OracleError(f"no group {b}")
        if not self.has_source and ("domain" in out or "traffic" in out):
            raise OracleError("no source column")
        by_live = "live_id" in out
        if by_live and not self.knows_lives:
            raise OracleError("no broadcasts")
        if o.basis == "net" and not self.has_refunds:
            raise OracleError("no refund column")

        # §7: a row belongs to the broadcast that it names, else to the one of its streamer that runs at its time and started last
        def place(row, time):
            if not by_live:
                return "''"
            return f"""coalesce({row}.named, (SELECT b.live_id FROM listed b WHERE b.streamer_id = {row}.streamer_id
                AND b.a <= {time} AND {time} < b.z ORDER BY b.a DESC, b.live_id LIMIT 1), '(none)')"""

        # §2: which orders count, with their money
        net = o.basis == "net"
        if net and con.execute("SELECT count(*) FROM line WHERE refund_missing").fetchone()[0]:
            raise OracleError("refunded without an amount")
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE counted_line AS
        SELECT *, amount - {'refunded' if net else '0'} AS money FROM line
        -- under net, an order whose refunds reach its amount (> 0) is no order; a line refunded in full leaves its slice
        {'''WHERE NOT (amount > 0 AND refunded >= amount)
            AND order_no NOT IN (SELECT order_no FROM line GROUP BY 1 HAVING sum(amount) > 0 AND sum(refunded) >= sum(amount))''' if net else ''};
        -- an order: its time, buyer and carrier are those of its smallest line, its total the sum of its lines
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT f.order_no, f.streamer_id, f.person, f.carrier, f.paid_local - {shift} AS t, l.total,
            f.named, {place('f', 'f.paid_local')} AS place
        FROM line f JOIN (SELECT order_no, sum(money)::BIGINT AS total FROM counted_line GROUP BY 1) l USING (order_no)
        WHERE f.line_no = 1;
        """)

        # §5: sessions in business seconds, capped; guests are nobody
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE session AS
        SELECT person, streamer_id, entered - {shift} AS a, least(leaving, entered + {cap}) - {shift} AS z, private, paid,
            named, {place('s', 's.entered')} AS place
        FROM session_all s WHERE person IS NOT NULL
        """)

        # §6: the dates of the inputs, and the periods
        def dates(sql):
            a, z = con.execute(sql).fetchone()
            return (None, None) if a is None else (a // 86400, z // 86400)
        of_orders = dates(f"SELECT min(paid_local) - {shift}, max(paid_local) - {shift} FROM standing")
        of_sessions = dates(f"SELECT min(entered) - {shift}, max(entered) - {shift} FROM session_all")
        day = lambda d: (d - date(1970, 1, 1)).days
        if o.covers:
            of_orders = of_sessions = tuple(day(date.fromisoformat(x)) for x in o.covers.split(".."))
        inputs = [x for x in (of_orders, of_sessions) if x[0] is not None]
        from_day, to_day = (day(o.from_) if o.from_ else None), (day(o.to) if o.to else None)
        first = from_day if from_day is not None else min((x[0] for x in inputs), default=0)
        last = to_day if to_day is not None else max((x[1] for x in inputs), default=0)
        # what --from/--to and both inputs cover
        cover_first = max([x[0] for x in inputs] + [from_day] * (from_day is not None), default=0)
        cover_last = min([x[1] for x in inputs] + [to_day] * (to_day is not None), default=0)
        first_date, last_date = (f"(DATE '1970-01-01' + {x})" for x in (first, last))
        start, step = {
            "day": ("d", "INTERVAL 1 DAY"),
            "week": ("date_trunc('week', d)", "INTERVAL 7 DAY") if o.week_start == "mon"
                    else ("date_trunc('week', d + 1) - INTERVAL 1 DAY", "INTERVAL 7 DAY"),
            "month": ("date_trunc('month', d)", "INTERVAL 1 MONTH"),
            "quarter": ("date_trunc('quarter', d)", "INTERVAL 3 MONTH"),
            "year": ("date_trunc('year', d)", "INTERVAL 1 YEAR"),
            "all": (first_date, None)}[o.period]
        con.execute(f"""
        CREATE OR REPLACE MACRO day_of(s) AS DATE '1970-01-01' + CAST(floor(s / 86400) AS INTEGER);
        CREATE OR REPLACE MACRO midnight(d) AS CAST(datediff('day', DATE '1970-01-01', d) AS BIGINT) * 86400;
        CREATE OR REPLACE MACRO period_of(d) AS CAST({start} AS DATE);
        CREATE OR REPLACE MACRO next_period(p) AS {f'CAST(p + {step} AS DATE)' if step else f'{last_date} + 1'};
        """)
        # --from/--to cut; without them nothing does
        cut_a = from_day * 86400 if from_day is not None else -(1 << 60)
        cut_z = (to_day + 1) * 86400 if to_day is not None else 1 << 60

        # §5: presence. A session is in every period that it touches, with its part of it.
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE part AS
        WITH cut AS (   -- the session within --from/--to: a half-open interval, or an instant
            SELECT person, streamer_id, named, place, a AS entered, greatest(a, {cut_a}) AS a, least(z, {cut_z}) AS z, private, paid FROM session
            WHERE CASE WHEN a = z THEN a >= {cut_a} AND a < {cut_z} ELSE z > {cut_a} AND a < {cut_z} END),
        ends AS (SELECT *, period_of(day_of(a)) AS p0, period_of(day_of(greatest(a, z - 1))) AS p1 FROM cut),
        touched AS (
            SELECT * EXCLUDE (p0, p1), p0 AS period FROM ends WHERE p0 = p1
            {f'''UNION ALL
            SELECT * EXCLUDE (p0, p1), CAST(unnest(generate_series(p0, p1, {step})) AS DATE) AS period FROM ends WHERE p0 <> p1''' if step else ''}),
        clipped AS (
            SELECT person, streamer_id, named, place, period, entered, private, paid,
                {'greatest(a, midnight(period)) AS a, least(z, midnight(next_period(period))) AS z' if step else 'a, z'}
            FROM touched)
        -- the union: what each interval adds to those before it, in all and among those of its domain
        SELECT person, streamer_id, named, place, period, entered, private, paid,
            greatest(0, z - greatest(a, coalesce(max(z) OVER (PARTITION BY streamer_id, place, person, period
                ORDER BY a, z ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), a))) AS adds,
            {'''greatest(0, z - greatest(a, coalesce(max(z) OVER (PARTITION BY streamer_id, place, person, period, private
                ORDER BY a, z ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), a)))''' if o.domain_rule == 'longest' else '0'} AS adds_in_domain
        FROM clipped;
        """)

        # §3: attribution of each order to viewing, whatever --by says
        known = "c.person IS NOT NULL AND c.streamer_id <> '(none)'"
        if o.attribution == "period":
            attributed = """SELECT order_no FROM (SELECT *, period_of(day_of(t)) AS period FROM counted) c
                SEMI JOIN part p ON p.person = c.person AND p.streamer_id = c.streamer_id AND p.period = c.period"""
        elif o.attribution.startswith("window:"):
            attributed = f"""SELECT DISTINCT order_no FROM counted c
                JOIN session s ON s.person = c.person AND s.streamer_id = c.streamer_id
                    AND c.t >= s.a AND c.t <= s.z + {seconds(o.attribution[7:])}"""
        elif o.attribution == "carrier":
            attributed = "SELECT order_no FROM counted c WHERE carrier = 'live'"
        elif o.attribution == "all":
            attributed = "SELECT order_no FROM counted c"
        else:
            raise OracleError(f"no attribution {o.attribution}")

        # §7: the group of a streamer: itself, its attributes, or all
        keys = []
        for c in group_columns:
            keys.append(f"s.streamer_id AS {quote(c)}" if c == "streamer_id" else "s.place AS live_id" if c == "live_id" else f"coalesce(t.{quote(c)}, '(none)') AS {quote(c)}")
        table = "" if not any(c not in ("streamer_id", "live_id") for c in group_columns) else """LEFT JOIN (SELECT * FROM streamer_text
            QUALIFY row_number() OVER (PARTITION BY streamer_id ORDER BY row_no DESC) = 1) t ON t.streamer_id = s.streamer_id"""
        names = "".join(f", {quote(c)}" for c in group_columns)
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE member AS
        WITH s AS (SELECT streamer_id, place FROM counted UNION SELECT streamer_id, place FROM session
            UNION SELECT streamer_id, {'live_id' if by_live else literal('')} FROM listed)
        SELECT s.streamer_id AS member_id, s.place AS member_place, {"".join(k + ', ' for k in keys)} 0 AS zero FROM s {table};
        CREATE OR REPLACE TEMP TABLE grp AS
        SELECT row_number() OVER () AS group_id, * FROM (SELECT DISTINCT zero{names} FROM member);
        CREATE OR REPLACE TEMP TABLE grouping AS
        SELECT member_id, member_place, group_id FROM member m JOIN grp g ON g.zero = m.zero{"".join(f' AND g.{quote(c)} = m.{quote(c)}' for c in group_columns)};
        """)

        # §4, §5: the viewers of a group in a period, each with one domain and its watch time
        domain = {"any-private": "bool_or(private)",
                  # entered first by its unclipped time; ties: private
                  "first": "coalesce(min(entered) FILTER (private) <= min(entered) FILTER (NOT private), bool_or(private))",
                  # more watch time as unions; ties between the domains it was seen in: private
                  "longest": """CASE WHEN bool_and(private) THEN true WHEN NOT bool_or(private) THEN false
                      ELSE sum(adds_in_domain) FILTER (private) >= sum(adds_in_domain) FILTER (NOT private) END"""}[o.domain_rule]
        con.execute(f"""
        -- §7 buyer-type: the first counted order of a person in the group, of everything given
        CREATE OR REPLACE TEMP TABLE first_order AS
        SELECT group_id, person, min(t) AS first_t FROM counted JOIN grouping ON member_id = streamer_id AND member_place = place
        WHERE person IS NOT NULL GROUP BY ALL;
        CREATE OR REPLACE MACRO buyer_type_of(first_t, period) AS
            CASE WHEN first_t < greatest({'midnight(period)' if step else str(first * 86400)}, {cut_a}) THEN 'returning' ELSE 'new' END;
        CREATE OR REPLACE TEMP TABLE viewer AS
        WITH v AS (
            SELECT group_id, period, person, CAST(sum(adds) AS BIGINT) AS w, {domain} AS private, bool_or(paid) AS paid
            FROM part JOIN grouping ON member_id = streamer_id AND member_place = place GROUP BY group_id, period, person)
        SELECT v.group_id, period, person, w,
            CASE WHEN private THEN 'private' ELSE 'public' END AS domain,
            CASE WHEN private THEN 'private' WHEN paid THEN 'paid' ELSE 'organic' END AS traffic,
            {'buyer_type_of(f.first_t, period)' if 'buyer_type' in viewer_columns else "''"} AS buyer_type
        FROM v {'LEFT JOIN first_order f USING (group_id, person)' if 'buyer_type' in viewer_columns else ''};
        """)

        # orders within --from/--to, in their group, with the viewer-side values of their buyer, one row per slice
        edges = [e.strip() for e in o.price_bands.split(",")]
        bands = "CASE " + " ".join(
            f"WHEN c.total >= round({e} * 100)::BIGINT THEN {literal(f'{e}-{edges[i + 1]}' if i + 1 < len(edges) else e + '+')}"
            for i, e in reversed(list(enumerate(edges)))) + " END"
        slices = []
        for c in order_columns:
            slices.append({"price_band": f"{bands} AS price_band", "carrier": "c.carrier AS carrier"}.get(c, f"l.{quote(c)} AS {quote(c)}"))
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE attributed AS {attributed};
        CREATE OR REPLACE TEMP TABLE placed AS
        WITH c AS (SELECT *, period_of(day_of(t)) AS period FROM counted WHERE t >= {cut_a} AND t < {cut_z}),
        slice AS (
            SELECT c.order_no, c.streamer_id, c.place, c.person, c.period, {"".join(s + ', ' for s in slices)} CAST(sum(l.money) AS BIGINT) AS g
            FROM c JOIN counted_line l USING (order_no) GROUP BY ALL)
        SELECT g.group_id, s.*, {known.replace('c.', 's.')} AND s.order_no IN (FROM attributed) AS attributed,
            -- who is no viewer of the group in the period has the domain and traffic none; nobody has the buyer type none
            coalesce(v.domain, 'none') AS domain, coalesce(v.traffic, 'none') AS traffic,
            {'''CASE WHEN s.person IS NULL THEN 'none' ELSE buyer_type_of(f.first_t, s.period) END''' if 'buyer_type' in viewer_columns else "''"} AS buyer_type,
            v.person IS NOT NULL AS present, coalesce(v.w, 0) AS w
        FROM slice s JOIN grouping g ON g.member_id = s.streamer_id AND g.member_place = s.place
        LEFT JOIN viewer v ON v.group_id = g.group_id AND v.period = s.period AND v.person = s.person
        {'LEFT JOIN first_order f ON f.group_id = g.group_id AND f.person = s.person' if 'buyer_type' in viewer_columns else ''};
        """)

        # §7: broadcasts on air in a period, and those that rows name and the table lacks; time on air is cut at the range
        until = con.execute(f"SELECT max(least(leaving, entered + {cap})) - {shift} - 1 FROM session_all").fetchone()[0]
        range_a = first * 86400
        range_z = cut_z if to_day is not None else (max(last, (until if until is not None else 0) // 86400) + 1) * 86400
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE aired AS
        WITH cut AS (
            SELECT streamer_id, live_id, greatest(a - {shift}, {range_a}) AS a, least(z - {shift}, {range_z}) AS z FROM listed
            WHERE CASE WHEN a = z THEN a - {shift} >= {range_a} AND a - {shift} < {range_z} ELSE z - {shift} > {range_a} AND a - {shift} < {range_z} END),
        ends AS (SELECT *, period_of(day_of(a)) AS p0, period_of(day_of(greatest(a, z - 1))) AS p1 FROM cut),
        touched AS (SELECT streamer_id, live_id, a, z, {f'CAST(unnest(generate_series(p0, p1, {step})) AS DATE)' if step else 'p0'} AS period FROM ends),
        one AS (
            SELECT streamer_id, live_id, period, 1 AS is_listed,
                {'least(z, midnight(next_period(period))) - greatest(a, midnight(period))' if step else 'z - a'} AS on_air FROM touched
            UNION ALL
            SELECT streamer_id, named, period, 0, 0 FROM (
                SELECT streamer_id, named, period FROM part
                UNION SELECT streamer_id, named, period_of(day_of(t)) FROM counted WHERE t >= {cut_a} AND t < {cut_z} AND streamer_id <> '(none)') n
            WHERE named IS NOT NULL AND NOT EXISTS (FROM listed b WHERE b.streamer_id = n.streamer_id AND b.live_id = n.named))
        SELECT group_id, period, count(*) AS broadcasts, sum(is_listed) AS is_listed, sum(on_air)::BIGINT AS on_air
        FROM one JOIN grouping ON member_id = streamer_id AND member_place = {'live_id' if by_live else literal('')} GROUP BY ALL;
        """)

        # §1, §8: the sums and the moments. Viewer-side sums by (group, period, viewer-side values), order-side sums by slice too.
        vk = ["group_id", "period"] + viewer_columns
        ok = vk + [quote(c) for c in order_columns]
        vks, oks = ", ".join(vk), ", ".join(ok)
        same = lambda a, b, ks: " AND ".join(f"{a}.{k} = {b}.{k}" for k in ks)
        # presence exists where V is; in an order-side slice V and W are the group's
        con.execute(f"""
        CREATE OR REPLACE TEMP TABLE result AS
        WITH vs AS (
            SELECT {vks}, count(*) AS uv, count(*) FILTER (domain = 'private') AS uv_private, count(*) FILTER (domain = 'public') AS uv_public,
                count(*) FILTER (traffic = 'paid') AS uv_paid, sum(w::HUGEINT) AS w, sum(w::HUGEINT * w) AS ww
            FROM viewer GROUP BY {vks}),
        buyer AS (   -- a person with attributed orders in the row
            SELECT {oks}, person, any_value(present)::INTEGER::HUGEINT AS p, any_value(w)::HUGEINT AS w,
                count(DISTINCT order_no)::HUGEINT AS o, sum(g)::HUGEINT AS g
            FROM placed WHERE attributed GROUP BY {oks}, person),
        bs AS (
            SELECT {oks}, count(*) AS buyers, sum(o) AS orders, sum(g) AS gmv,
                sum(p) AS pb, sum(p * o) AS po, sum(p * g) AS pg, sum(w) AS wb, sum(w * o) AS wo, sum(w * g) AS wg,
                sum(o * o) AS oo, sum(o * g) AS og, sum(g * g) AS gg
            FROM buyer GROUP BY {oks}),
        off AS (
            SELECT {oks}, count(DISTINCT order_no) AS orders_off_live, sum(g) AS gmv_off_live FROM placed WHERE NOT attributed GROUP BY {oks}),
        cell AS (   -- rows exist where there is a viewer or an order; in order-side groups where there is an order
            SELECT {oks} FROM placed {'' if order_columns else f'UNION SELECT {vks} FROM vs'} GROUP BY ALL)
        SELECT c.*, coalesce(a.broadcasts, 0) AS broadcasts, coalesce(a.is_listed, 0) AS is_listed, coalesce(a.on_air, 0) AS on_air,
            coalesce(v.uv, 0) AS uv, coalesce(v.uv_private, 0) AS uv_private, coalesce(v.uv_public, 0) AS uv_public,
            coalesce(v.uv_paid, 0) AS uv_paid, coalesce(v.w, 0) AS w, coalesce(v.ww, 0) AS ww,
            coalesce(b.buyers, 0) AS buyers, coalesce(b.orders, 0) AS orders, coalesce(b.gmv, 0) AS gmv,
            {", ".join(f'coalesce(b.{m}, 0) AS {m}' for m in 'pb po pg wb wo wg oo og gg'.split())},
            coalesce(f.gmv_off_live, 0) AS gmv_off_live, coalesce(f.orders_off_live, 0) AS orders_off_live,
            -- §6: a period of which the range or an input leaves whole days out
            c.period < DATE '1970-01-01' + {cover_first} OR next_period(c.period) - 1 > DATE '1970-01-01' + {cover_last} AS partial
        FROM cell c LEFT JOIN vs v ON {same('v', 'c', vk)} LEFT JOIN bs b ON {same('b', 'c', ok)} LEFT JOIN off f ON {same('f', 'c', ok)}
            LEFT JOIN aired a ON a.group_id = c.group_id AND a.period = c.period;
        """)
        split = self.has_source
        columns = {
            "period": "CAST(period AS VARCHAR)", **{c: quote(c) for c in out},
            "gmv": "gmv", "uv": "uv",
            "uv_private": "uv_private" if split else "NULL", "uv_public": "uv_public" if split else "NULL", "uv_paid": "uv_paid" if split else "NULL",
            "watch_hours": "w / 3600::DOUBLE", "buyers": "buyers", "orders": "orders",
            # null if and only if the denominator is 0
            "watch_hours_per_viewer": "CASE WHEN uv <> 0 THEN w::DOUBLE / (3600::DOUBLE * uv) END",
            "buyers_per_watch_hour": "CASE WHEN w <> 0 THEN (3600::DOUBLE * buyers) / w END",
            "aov": "CASE WHEN orders <> 0 THEN gmv::DOUBLE / (100::DOUBLE * orders) END",
            "orders_per_buyer": "CASE WHEN buyers <> 0 THEN orders::DOUBLE / buyers END",
            "gmv_off_live": "gmv_off_live", "orders_off_live": "orders_off_live", "gmv_total": "gmv + gmv_off_live", "partial": "partial"}
        if self.knows_lives:
            # null where there were broadcasts, and the table lists none of them
            hours = "CASE WHEN broadcasts = 0 OR is_listed > 0 THEN on_air / 3600::DOUBLE END" if self.has_lives else "NULL"
            columns |= {"broadcasts": "broadcasts", "live_hours": hours}
        if o.moments:
            columns |= dict(zip(MOMENTS, ["uv", "w", "pb", "po", "pg", "ww", "wb", "wo", "wg", "buyers", "orders", "gmv", "oo", "og", "gg"]))
        order = ", ".join(["period", "gmv DESC"] + [quote(c) for c in out])
        rows = con.execute("SELECT " + ", ".join(f"{e} AS {quote(c)}" for c, e in columns.items())
                           + f" FROM (SELECT r.*{''.join(', p.' + quote(c) for c in group_columns)} FROM result r JOIN grp p USING (group_id)) ORDER BY {order}").fetchall()
        return list(columns), rows


MONEY = {"gmv", "gmv_off_live", "gmv_total"}


def text(column, value):
    """A cell as the tool writes it: money with two decimals, reals in a form that reads back the same, null empty."""
    if value is None:
        return ""
    if column in MONEY:
        return f"{value // 100}.{value % 100:02d}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value)


def main():
    o = parser().parse_args()
    try:
        header, rows = Oracle(o.orders, o.sessions, o.streamers, o.lives).decompose(o)
    except OracleError as e:
        sys.exit(f"oracle: {e}")
    f = open(o.output, "w", encoding="utf-8", newline="") if o.output else sys.stdout
    w = csv.writer(f, lineterminator="\n")
    w.writerow(header)
    w.writerows([text(c, v) for c, v in zip(header, row)] for row in rows)


if __name__ == "__main__":
    main()
