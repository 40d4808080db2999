"""Do buyers of later cohorts come back as often as those of earlier ones?

    python3 pandas_read.py /srv/gmv/reports

Needs pandas and pyarrow. Prints the share of each cohort's buyers that bought in each of the periods after. The first cohorts
of the data hold old customers too: nobody can see that they had bought before it begins.
"""

import pathlib
import sys

import pandas as pd

tables = pathlib.Path(sys.argv[1]) / "latest" / "tables"
# pyarrow types keep money exact (decimal) and counts whole where some are missing; numpy's would make floats of both.
cohorts = pd.read_parquet(tables / "cohorts.parquet", dtype_backend="pyarrow")

shown = cohorts[cohorts["offset"].between(1, 8)]
retention = shown.pivot(index="cohort", columns="offset", values="retention")
print((retention.astype(float) * 100).round(1).to_string(na_rep=""))

buyers = cohorts[cohorts["offset"] == 0].set_index("cohort")["buyers"]
first = shown[shown["offset"] == 1].set_index("cohort")["retention"].astype(float)
half = len(first) // 2
for name, part in [("earlier", first.iloc[:half]), ("later", first.iloc[half:])]:
    weights = buyers.reindex(part.index).astype(float)
    share = (part * weights).sum() / weights.sum() * 100
    print(f"{name} cohorts: {share:.1f} % of {int(weights.sum())} buyers came back one period later")
