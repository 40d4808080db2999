"""Two tables of texts held against each other, cell by cell. For engine.py and influences.py."""


def compared(here, there, not_told):
    """(cells compared, what differs); columns that are not told need not be there, but what is told of them has to be right."""
    (head, body), (found, rows) = here, there
    wrong = [f"no column {c}" for c in head if c not in found and c not in not_told]
    wrong += [f"a column too many: {c}" for c in found if c not in head]
    if len(body) != len(rows):
        wrong.append(f"{len(body)} rows here, {len(rows)} there")
    columns = [(c, head.index(c), found.index(c)) for c in head if c in found]
    cells = 0
    for number, (ours, theirs) in enumerate(zip(body, rows), 1):
        for column, a, b in columns:
            cells += 1
            if ours[a] != theirs[b] and not (column in not_told and not theirs[b]):
                wrong.append(f"row {number}, {column}: {ours[a] or 'null'} here, {theirs[b] or 'null'} there")
    return cells, wrong
