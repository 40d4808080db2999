"""The report of a cluster against that of exports: every cell of every table, where every row went, and what fired."""
import json

import duckdb

# Conditions, and the reports of each world (worlds.py).
ALERTS = ["gmv change < 0 %", "uv change > -99 % and significant", "streamer: refund_rate > 2 %", "data gap", "streamer: gmv > 100"]
REPORTS = {
    "sample": ["--as-of 2026-11-16", "--as-of 2026-11-01 --period month --basis net --attribution window:30m --lang zh --peers all",
               # A week without rows, and one behind it.
               "--as-of 2026-11-23 --covers 2026-09-21..2026-11-29", "--as-of 2026-11-30 --covers 2026-09-21..2026-11-29"],
    "dirty": ["--as-of 2026-02-02 --unknown-status skip --allow-partial --max-bad 100%"],
    "bare": ["--as-of 2026-02-02 --unknown-status skip --allow-partial --max-bad 100% --peers all"],
    "orders": ["--as-of 2026-11-16 --attribution all"],
}
# What a cluster does not tell: the findings of gmv check are about files.
MISSING = {"quality"}
# Of run.json: what both reports have to say alike.
ALIKE = ("report", "closes", "days_without_rows", "narrative", "slices", "alerts_fired", "alerts_unknown", "alerts")


def tables(folder):
    """{name: (columns, rows)} of texts."""
    found = {}
    for path in sorted((folder / "tables").glob("*.parquet")):
        result = duckdb.sql(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{path}', file_row_number = true) ORDER BY file_row_number")
        columns = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").columns
        found[path.stem] = (columns, [row[:len(columns)] for row in result.fetchall()])
    return found


def same(here, there, compared):
    """(cells compared, what differs) of two folders of reports; `compared` tells it of two tables."""
    ours, theirs = tables(here), tables(there)
    wrong = [f"no table {name}" for name in ours.keys() - theirs.keys() - MISSING]
    wrong += [f"a table too many: {name}" for name in theirs.keys() - ours.keys()]
    cells = 0
    for name in ours.keys() & theirs.keys():
        count, differ = compared(ours[name], theirs[name])
        cells += count
        wrong += [f"{name}: {one}" for one in differ]
    runs = [json.loads((folder / "run.json").read_text()) for folder in (here, there)]
    wrong += [f"run.json, {key}: {runs[0].get(key)} here, {runs[1].get(key)} there" for key in ALIKE if runs[0].get(key) != runs[1].get(key)]
    return cells, wrong
