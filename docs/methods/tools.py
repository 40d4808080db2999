"""What other tools say of products, funnels and segments, as JSON: those of standard input, in answers by tool and case.

compare.py runs this with the Python that has the tools. An answer is a list of effects, or a text that says why there is none.
"""
import json
import logging
import math
import sys
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import pandas as pd
import pyam
from icanexplain import FunnelExplainer, SumExplainer
from kaya_decomposition import compute_lmdi_cumulative, compute_lmdi_cumulative_sum
from shapley_decomposition import shapley_change
from wise_pizza import explain_changes_in_totals

# The factors of the Kaya identity, which stand for any six of a product, and what the tool calls their effects.
KAYA = {
    "Population": "Population",
    "GNP/P": "Economic Activity per Person",
    "FE/GNP": "Energy Intensity of Economy",
    "PEDEq/FE": "Energy Supply Loss Factor",
    "PEFF/PEDEq": "Fossil Fuel Fraction",
    "TFC/PEFF": "Carbon Intensity of Fossil Energy",
}
YEARS = (2020, 2021)
TOOLS = ["kaya-decomposition", "shapley-decomposition", "icanexplain", "wise-pizza"]


def main():
    asked = json.load(sys.stdin)
    answers = {
        "lmdi": each(asked["products"], lmdi),
        "lmdi corrected": each(asked["products"], lmdi_corrected),
        "shapley": each(asked["products"], shapley),
        "chain": each(asked["funnels"], chain),
        "segments": segments(asked["segments"]),
        "wise-pizza": size_and_average(asked["segments"]),
        "icanexplain": inner_and_mix(asked["segments"]),
        "versions": {tool: version(tool) for tool in TOOLS},
    }
    json.dump(answers, sys.stdout)


def each(cases, of):
    """The answer to each case; where a tool fails, what it says."""
    answers = {}
    for name, case in cases.items():
        try:
            answers[name] = of(case)
        except Exception as error:
            answers[name] = f"{type(error).__name__}"
    return answers


def known(effects):
    """The effects, or that one of them is no number."""
    effects = [float(effect) for effect in effects]
    return effects if all(map(math.isfinite, effects)) else "not a number"


def kaya_frame(case):
    rows = []
    for year, factors in zip(YEARS, (case["before"], case["after"])):
        values = factors + [1.0] * (len(KAYA) - len(factors))
        for variable, value in zip([*KAYA, "Total Fossil Carbon"], [*values, math.prod(values)]):
            rows.append({"model": "m", "scenario": "s", "region": "r", "variable": variable, "unit": "1", "year": year, "value": value})
    return pyam.IamDataFrame(pd.DataFrame(rows))


def lmdi(case):
    # Mt are told in Gt.
    table = compute_lmdi_cumulative_sum(kaya_frame(case), base_year=YEARS[0], periods=[YEARS], integration_method="endpoint", use_corrected=False)
    if table.empty:
        return "no rows"
    effects = table.iloc[:, 0] * 1000
    return known(effects[name] for name in list(KAYA.values())[: len(case["before"])])


def lmdi_corrected(case):
    data = compute_lmdi_cumulative(kaya_frame(case), base_year=YEARS[0]).data
    effects = data[data["year"] == YEARS[1]].set_index("variable")["value"]
    return known(effects[name] for name in list(KAYA.values())[: len(case["before"])])


def shapley(case):
    products = [[math.prod(case["before"]), math.prod(case["after"])]]
    formula = "*".join(f"x{at}" for at in range(1, len(case["before"]) + 1))
    table = shapley_change.decomposition(products + [list(pair) for pair in zip(case["before"], case["after"])], formula)
    return known(table["shapley"].iloc[1:])


def chain(case):
    columns = case["columns"]
    rows = [dict(zip(columns, values), period=year, group="g") for year, values in zip(YEARS, (case["before"], case["after"])) if values]
    table = FunnelExplainer(funnel=columns, period="period", group="group")(pd.DataFrame(rows))
    return known(table.iloc[0]) if len(table) else "no rows"


def frames(rows):
    """Before and after of rows (side, streamer, orders, gmv)."""
    table = pd.DataFrame(rows, columns=["side", "streamer_id", "orders", "gmv"])
    return [table[table["side"] == side].drop(columns="side") for side in (0, 1)]


def found_segments(rows, how, depth):
    before, after = frames(rows)
    return explain_changes_in_totals(before, after, ["streamer_id"], "gmv", "orders", max_segments=4 * len(rows), max_depth=depth, how=how).segments


def segments(rows):
    """The change of each streamer."""
    return {str(one["segment"]["streamer_id"]): [float(one["total"])] for one in found_segments(rows, "totals", 1)}


def size_and_average(rows):
    """The change of each streamer from its orders and from its average; null where that is not among the segments."""
    answers = {}
    for one in found_segments(rows, "force_dim", 2):
        segment = one["segment"]
        if "streamer_id" in segment:
            parts = answers.setdefault(str(segment["streamer_id"]), [None, None])
            parts[segment["Change from"] == "Segment average"] = float(one["total"])
    return answers


def inner_and_mix(rows):
    table = pd.DataFrame(rows, columns=["period", "streamer_id", "orders", "gmv"])
    table["aov"] = table["gmv"] / table["orders"]
    answer = SumExplainer(fact="aov", count="orders", period="period", group="streamer_id")(table)
    return {str(streamer): [float(row["mix"]), float(row["inner"])] for (_, streamer), row in answer.iterrows()}


main()
