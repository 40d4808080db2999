"""Where every row went, as numbers by (input, what, field, reason): as `gmv decompose` says it on standard error and `gmv check` of rejected rows,
and as the statement of `gmv sql --query rows` gives it. For equality.py."""
import json
import re
import subprocess

LABELS = {
    "orders": {"rows read": "read", "rejected": "rejected", "superseded by a later row": "superseded", "never paid": "never_paid", "skipped for their status": "skipped",
               "refunded in full": "refunded", "out of the date range": "out_of_range", "refunds of counted rows": "refunds", "counted": "counted",
               "orders of these rows": "orders", "attributed": "attributed", "off-live": "off_live", "without a buyer": "without_buyer",
               "without a streamer": "without_streamer"},
    "sessions": {"rows read": "read", "rejected": "rejected", "without a viewer": "guests", "out of the date range": "out_of_range", "watched twice at once": "overlap",
                 "counted": "counted"}}
NOTES = {"sessions longer than --max-session, capped": ("sessions", "capped"), "sessions without a duration, counted as 0 seconds": ("sessions", "without_duration"),
         "viewers (of a group in a period) seen in both domains": ("sessions", "both_domains")}
WORDS = {r"warning: sources that no profile maps count as organic: ": ("sessions", "unknown_source", "source"),
         r"warning: statuses that no profile maps were (?:skipped|counted as paid): ": ("orders", "unknown_status", "status"),
         r"gmv: unknown order statuses: ": ("orders", "unknown_status", "status")}
NOTHING = (0, "0.00", 0)  # rows, money, seconds
MORE = "\0more"  # words beside those that are named


def words(text):
    """[(word, count)] of a list such as `"a" (3), "b" (2)`."""
    plain = lambda quoted: re.sub(r"\\u\{(\w+)\}|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(m[2], m[2]), quoted)
    return [(plain(word), int(count)) for word, count in re.findall(r'"((?:[^"\\]|\\.)*)" \((\d+)\)', text)]


def line_of(text):
    """(label, rows, money, seconds) of a line of a list."""
    label, *cells = re.split(r"\s{2,}", text.strip())
    rows, money, seconds = NOTHING
    for cell in cells:
        bare = cell.replace(",", "")
        if bare.endswith(" s"):
            seconds = int(bare[:-2])
        elif "." in bare:
            money = bare
        else:
            rows = int(bare)
    return re.sub("^[−=] ", "", label), rows, money, seconds


def said(text):
    """What a run says on standard error, whether it refused or not."""
    found, input_ = {}, None
    for line in text.splitlines():
        if line.startswith("  ") and input_:
            label, *cells = line_of(line)
            found[input_, LABELS[input_][label], "", ""] = tuple(cells)
            continue
        title = re.match(r"(\w+): where the rows and the (?:money|watch time) went", line)
        input_ = title[1] if title else None
        note = re.match(r"note: (.*): (\d+)$", line)
        if note and note[1] in NOTES:
            found[*NOTES[note[1]], "", ""] = (int(note[2]), *NOTHING[1:])
        for begin, key in WORDS.items():
            if re.match(begin, line):
                found |= {(*key, word): (count, *NOTHING[1:]) for word, count in words(line)}
                more = re.search(r" and (\d+) more(?:;|:|$)", line)
                if more:
                    found[*key, MORE] = (int(more[1]), *NOTHING[1:])
        unlisted = re.match(r'warning: streamers of the (?:exports that|tables who) are not in --streamers(?:-table)?, with attributes \(none\): (\d+) \(such as (".*")\)$', line)
        if unlisted:
            found["orders", "unlisted_streamer", "streamer_id", words(f"{unlisted[2]} (1)")[0][0]] = (int(unlisted[1]), *NOTHING[1:])
        without = re.search(r"refunded, but there is no refund_amount \(rows like this one: (\d+)\)", line)
        if without:
            found["orders", "refund_without_amount", "", ""] = (int(without[1]), *NOTHING[1:])
        if line == "note: the sessions have no source column: private, public and paid UV are not known":
            found["sessions", "without_source", "", ""] = "said"
    return found


def checked(gmv, tables, options, reasons):
    """The rejected rows by column and reason, with their money; by input the days with rows that count: how many, the first and the last."""
    run = subprocess.run([gmv, "check", *tables, *options, "--max-bad", "100%", "--format", "json", "-q"], stdin=subprocess.DEVNULL, capture_output=True)
    found, spans = {}, {}
    for one in json.loads(run.stdout, parse_float=str):
        if one["check"] == "span":
            spans[one["input"]] = (one["count"] or 0, one["first"], one["last"])
        if one["check"] == "rows_rejected":
            field, rest = one["detail"].split(" ", 1)
            reason = next(r for r in sorted(reasons, key=len, reverse=True) if rest.startswith(r))
            found[one["input"], "rejected", field, reason] = (one["count"], one["gmv"] or "0.00", 0)
    return found, spans


def answered(header, rows):
    """The same of an answer."""
    at = [header.index(name) for name in ("input", "what", "field", "reason", "rows", "money", "seconds")]
    found = {}
    for row in rows:
        *key, count, money, seconds = (row[i] for i in at)
        if tuple(key) in found:
            raise ValueError(f"twice: {key}")
        found[tuple(key)] = (int(count or 0), money or "0.00", int(seconds or 0))
    return found


def differences(here, refused, there):
    """(numbers compared, what differs) between what this machine says, whether it refused, and an answer."""
    kinds = {"unknown_status", "refund_without_amount"}
    if refused:
        wanted = {k: v for k, v in here.items() if k[1] in kinds}
        there = {k: v for k, v in there.items() if k[1] in {k[1] for k in wanted}}
    else:
        wanted = {k: v for k, v in here.items() if (k[1], k[2]) != ("rejected", "")}
        for input_ in ("orders", "sessions"):  # the sum of all reasons
            total = here.get((input_, "rejected", "", ""), NOTHING)[0]
            if total != sum(v[0] for k, v in there.items() if k[:2] == (input_, "rejected")):
                return 1, [f"{input_}: {total} rejected here"]
        counted = wanted["orders", "counted", "", ""]
        wanted.setdefault(("orders", "orders", "", ""), counted)
        there = {k: (v[0], "0.00", 0) if k[1] in ("orders", "unknown_source", "capped") else v for k, v in there.items()}
        wanted["orders", "orders", "", ""] = (wanted["orders", "orders", "", ""][0], "0.00", 0)
    for key in [k for k in wanted if k[3] == MORE]:
        others = [k for k in there if k[:3] == key[:3] and k not in wanted]
        there = {k: v for k, v in there.items() if k not in others} | {key: (len(others), *NOTHING[1:])}
    wrong = []
    for key in sorted(wanted.keys() | there.keys()):
        ours, theirs = wanted.get(key, NOTHING), there.get(key, NOTHING)
        if ours != theirs and ours != "said":
            wrong.append(f"{' '.join(filter(None, key))}: {ours} here, {theirs} there")
    if not wanted:
        wrong.append("nothing is compared")
    return 3 * len(wanted.keys() | there.keys()), wrong


def days(header, rows, spans):
    """(numbers compared, what differs) of the answer to `--query days` and the days with rows that count."""
    at = [header.index(name) for name in ("input", "date", "counted")]
    dates = {input_: [] for input_ in spans}
    for input_, date, counted in ([row[i] for i in at] for row in rows):
        if int(counted):
            dates[input_].append(date)
    there = {input_: (len(found), min(found, default=None), max(found, default=None)) for input_, found in dates.items()}
    return 3 * len(spans), [f"days of {input_}: {spans[input_]} here, {there[input_]} there" for input_ in spans if spans[input_] != there[input_]]
