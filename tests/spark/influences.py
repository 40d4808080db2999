"""What equality.py compares of `gmv compare --facts … --influences`: the table of `gmv compare` of exports, cell by cell.

Three steps, as a person takes them: the sums of leaves by `gmv sql`, then the statement of `gmv sql --query influences` about a
comparison of them, then the comparison with what that gave. Leaves that are slices of orders need the sums of their groups too.
"""
import shlex
from datetime import timedelta
from pathlib import Path

import cells

# The columns of leaves, and what is asked of both sides. Names and broadcasts come with exports alone.
FULL = [
    ("streamer", "--ci"),
    ("streamer", "--by total --ci"),
    ("streamer", "--by total"),
    ("streamer", "--by total --ci --period day --method shapley"),
    ("streamer,domain", "--by domain --ci --domain-rule first"),
    ("streamer,domain", "--by streamer,domain --ci --method chain --order aov,uv,watch,conversion,repurchase"),
    ("streamer,buyer-type", "--by buyer-type --ci --attribution window:30m --day-start 05:00"),
    ("streamer,traffic", "--by total --leaf streamer,traffic --ci --period month"),
    ("streamer,price-band,carrier", "--by carrier --leaf streamer,price-band,carrier --ci --attribution all"),
    ("streamer,price-band", "--by total --leaf streamer,price-band --ci --basis net --timezone America/New_York"),
]
OF_DIMENSION = [("streamer,{}", "--by {} --ci"), ("streamer,{},domain", "--by {},domain --ci --period day --domain-rule longest"),
                ("streamer,{}", "--by total --leaf streamer,{} --ci --method shapley --basis net")]
OF_ATTRIBUTE = [("streamer,{}", "--by {} --ci"), ("streamer,{}", "--by {} --ci --period day --attribution window:30m")]
SLICES = {"price-band", "carrier"}
RANGES = [
    ("streamer", "--by total --ci"), ("streamer,domain", "--by domain --ci --domain-rule longest --day-start 05:00"), ("streamer,buyer-type", "--ci --by streamer,buyer-type --attribution window:30m"),
    ("streamer,price-band", "--by price-band --ci --basis net"), ("streamer", "--by total --ci --covers {covers}"),
]
COMPARED = {"--before", "--after", "--by", "--leaf", "--ci", "--method", "--order"}
NOT_TOLD = {"streamer_name", "broadcasts_before", "broadcasts_after", *(f"live_hours{end}" for end in ("_before", "_after", "_ratio")),
            *(f"{effect}{end}" for effect in ("live_hours_effect", "uv_per_live_hour_effect")
              for end in ("", "_lo", "_hi", "_beyond_sampling", "_unusual", "_significant"))}


def combinations(world, quick):
    of = lambda forms, names: [tuple(part.format(name) for part in form) for name in list(names)[-1:] for form in forms]
    attributes = [name for name in world.attributes if name == "tier"]
    computed = [] if world.streamers else [("streamer", "--by tier --ci")]
    own = computed + of(OF_DIMENSION, [name for name in world.dimensions if name == "category"]) + of(OF_ATTRIBUTE, attributes)
    some = (FULL[1:2] + own if quick else FULL + own) + ranged(world, quick)
    if (world.last - world.first).days < 14:  # days and ranges alone lie within so few
        some = [(leaf, words) for leaf, words in some if "--period day" in words or ".." in words]
    return [f"{leaf} | {words} {world.options}".strip() for leaf, words in some if not ("--timezone" in words and "--timezone" in world.options)]


def ranged(world, quick):
    """Ranges of dates as periods: with days between them and without, the later one first."""
    day = lambda n: f"{world.first + timedelta(n):%Y-%m-%d}"
    days = (world.last - world.first).days
    apart, side_by_side = [f"{day(2)}..{day(days // 3)}", f"{day(days // 2)}..{day(days - 1)}"], [f"{day(days // 3)}..{day(days // 2)}", f"{day(days // 2 + 1)}..{day(days // 2 + 3)}"]
    covers = f"{day(1)}..{day(days - 2)}"
    empty = ("streamer", f"--before {day(-20)}..{day(-10)} --after {day(3)}..{day(9)} --by total --ci")
    all_of = [empty] + [(leaf, f"--before {before} --after {after} {words.format(covers=covers)}") for number, (leaf, words) in enumerate(RANGES)
              for before, after in [apart if number % 2 else side_by_side[::-1]]]
    return all_of[1:2] if quick else all_of


def options(words):
    """The options among words, each with its value."""
    all, at = [], 0
    while at < len(words):
        width = 1 if words[at] == "--ci" else 2
        all.append(words[at:at + width])
        at += width
    return all


def split(combination):
    """The leaves, the options of compare, and those that both statements share."""
    leaf, words = (part.strip() for part in combination.split("|"))
    words = options(shlex.split(words))
    # Ranges are the periods of the sums, too.
    is_shared = lambda one: one[0] not in COMPARED or one[0] in ("--before", "--after") and ".." in one[1]
    return leaf, words, sum(filter(is_shared, words), [])


def asked(words, also):
    """What the statement of the comparison takes."""
    return sum((one for one in words if one[0] not in ("--ci", "--leaf")), []) + list(also)


def compared(combination):
    """What gmv compare of the facts takes."""
    return sum((one for one in split(combination)[1] if one[0] in COMPARED - {"--leaf"}), [])


def groups(leaf, dimensions):
    """The columns of leaves that are not of orders; nothing where all are."""
    columns = leaf.split(",")
    own = [column for column in columns if column not in SLICES and column not in dimensions]
    return ",".join(own) if own != columns else ""


def files(ask, save, dimensions, combination, place):
    """The files that a comparison of facts takes, by its options; their names begin with `place`. `ask` gives the statement of some
    options and a query, `save` the file of a statement."""
    leaf, words, shared = split(combination)
    saved = lambda options, query, name: save(ask(shlex.join(options), query), Path(f"{place}-{name}"))
    all_of = {}
    if own := groups(leaf, dimensions):
        all_of["--viewing"] = saved(["--by", own, *shared], "sums", "viewing")
    all_of["--facts"] = saved(["--by", leaf, *shared], "sums", "sums")
    all_of["--influences"] = saved(asked(words, [str(w) for pair in all_of.items() for w in pair]), "influences", "influences")
    return all_of


def differences(local, remote):
    """(rows, cells compared, what differs)"""
    compared, wrong = cells.compared(local, remote, NOT_TOLD)
    return len(local[1]), compared, wrong
