#!/usr/bin/env python3
"""Counts the instructions of `gmv decompose`, stage by stage, and holds them to those that were recorded.

No times: a shared machine gives others every hour, the same instructions are executed on all of them. Valgrind (callgrind) counts those
of a run on a sample that is the same to the byte everywhere, less those of a run on a small one, so that what is done once is not in
them: start-up, headers, profiles. Only the code of `gmv` itself counts: the C library chooses its copies by the processor.

    python3 tests/instructions.py             builds, counts and compares (tests/run.sh does it with what it has built)
    python3 tests/instructions.py --record    builds, counts and records, in tests/instructions.json
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "tests" / "instructions.json"
RECORD = "python3 tests/instructions.py --record"
# How far a count may be from the one that was recorded.
TOLERANCE = 0.05
SESSIONS, SMALL = 100_000, 1_000
# Each stage, and the function that begins it, with which the one before it ends. What comes before the first is start-up.
STAGES = {
    "reading sessions": "gmv::input::sessions::read_sessions",
    "reading orders": "gmv::input::orders::reader::read_orders",
    "duplicates, settling": "gmv::input::duplicates::remove_duplicates",
    "walk": "gmv::engine::walking::Walking::run",
    "report, output": "gmv::engine::report::report",
}
# Which machines the figures are of, and what their processors have: without it, other code runs.
MACHINE = "Linux x86_64"
FEATURES = {"avx2", "bmi1", "bmi2", "abm", "popcnt"}


def main():
    arguments = argparse.ArgumentParser(description="Counts the instructions of gmv, stage by stage.")
    arguments.add_argument("--gmv", type=Path, help="a binary that was built with --release, instead of building one")
    arguments.add_argument("--record", action="store_true", help=f"record the counts in {RECORDED.relative_to(ROOT)}")
    given = arguments.parse_args()
    machine = f"{platform.system()} {platform.machine()}"
    if machine != MACHINE:
        print(f"NOT COUNTED: the figures are those of {MACHINE}, and this is {machine}.", file=sys.stderr)
        sys.exit(1 if given.record else 0)
    if not shutil.which("valgrind"):
        sys.exit("tests/instructions.py: valgrind is missing; install it (Debian: valgrind)")
    counted = count(given.gmv or build())
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else counted
    show(counted, recorded)
    if not given.record:
        complaint = compare(counted, recorded)
        sys.exit(f"\n{complaint}" if complaint else 0)
    if missing := missing_features():
        sys.exit(without(missing))
    RECORDED.write_text(json.dumps(counted, indent=2) + "\n")
    print(f"recorded in {RECORDED.relative_to(ROOT)}: commit it by itself, and say why the counts are others")


def missing_features():
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return sorted(FEATURES - set(flags[1].split() if flags else ()))


def without(missing):
    return f"This processor has no {', '.join(missing)}: other code ran than was recorded. Count on one that has."


def build():
    command = ["cargo", "build", "--release", "--locked", "--message-format=json-render-diagnostics"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = (json.loads(line) for line in built.stdout.splitlines())
    return Path(next(message["executable"] for message in messages if message.get("executable")))


def count(gmv):
    """What was counted, of which binary and which sample."""
    with tempfile.TemporaryDirectory() as folder:
        digest, large = run(gmv, Path(folder) / "large", SESSIONS)
        _, small = run(gmv, Path(folder) / "small", SMALL)
    compiler = re.search(rb"rustc version ([^\0]+)", gmv.read_bytes())
    return {
        "compiler": compiler[1].decode() if compiler else "unknown",
        "sample": digest,
        "instructions": {stage: large[stage] - small[stage] for stage in STAGES},
    }


def run(gmv, folder, sessions):
    """The digest of a sample, and the instructions of each stage on it."""
    folder.mkdir()
    sample = ["sample", "--sessions", sessions, "--streamers", 50, "--weeks", 4, "--seed", 11, "--end", "2026-11-15"]
    subprocess.run([gmv, *map(str, sample), "--out", folder, "--quiet"], check=True)
    exports = [folder / "orders.csv", folder / "sessions.csv"]
    digest = hashlib.sha256(b"".join(export.read_bytes() for export in exports)).hexdigest()
    profile = folder / "profile"
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
    valgrind += [f"--dump-before={function}" for function in STAGES.values()]
    decompose = [gmv, "decompose", "--threads", "1", "--memory", "1GiB", "--orders", exports[0], "--sessions", exports[1]]
    decompose += ["--encoding", "utf-8", "-o", folder / "result.csv", "--quiet"]
    done = subprocess.run([*valgrind, *decompose], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr}\ntests/instructions.py: the run under valgrind failed")
    # Each part is what was counted before the function that ends it.
    parts = {before(part): own(part, gmv) for part in folder.glob("profile*")}
    ends = [*list(STAGES.values())[1:], None]
    for function in [*STAGES.values(), None]:
        if function not in parts:
            sys.exit(f"tests/instructions.py: nothing begins at {function}: was it renamed, or inlined? See STAGES")
    return digest, {stage: parts[end] for stage, end in zip(STAGES, ends)}


def before(part):
    """The function before which a part of the profile ends; none is the end of the process."""
    trigger = re.search(r"^desc: Trigger: --dump-before=(.*)$", part.read_text(), re.MULTILINE)
    return trigger[1] if trigger else None


def own(part, gmv):
    """The instructions of a part that are the binary's own."""
    names, is_own, is_call, total = {}, False, False, 0
    for line in part.read_text().splitlines():
        if line.startswith("ob="):
            number, _, name = line[3:].partition(" ")
            is_own = names.setdefault(number, name) == str(gmv.resolve())
        elif line.startswith("cob="):
            number, _, name = line[4:].partition(" ")
            names.setdefault(number, name)
        elif line.startswith("calls="):
            # The next line is what the callee took, which is counted there.
            is_call = True
        elif line[:1] in "0123456789+-*" and line:
            total += 0 if is_call or not is_own else int(line.split()[1])
            is_call = False
    return total


def show(counted, recorded):
    print(f"{'':<22}{'instructions':>14}{'recorded':>14}{'change':>9}")
    for stage, (now, then) in pairs(counted, recorded).items():
        print(f"{stage:<22}{now:>14,}{then:>14,}{now / then - 1:>+9.1%}")


def pairs(counted, recorded):
    """The counts of each stage and of all together, now and as they were recorded."""
    now, then = counted["instructions"], recorded["instructions"]
    stages = {stage: (now[stage], then.get(stage, 0) or 1) for stage in STAGES}
    return {**stages, "all": (sum(now.values()), sum(then.values()))}


def compare(counted, recorded):
    """What is wrong, and what to do."""
    record = f"record the counts anew ({RECORD}) in a commit of their own"
    if counted["sample"] != recorded["sample"]:
        return f"The sample is not the one of which counts were recorded: `gmv sample` writes other bytes. If that is meant, {record}."
    changes = {stage: now / then - 1 for stage, (now, then) in pairs(counted, recorded).items()}
    more = [stage for stage, change in changes.items() if change > TOLERANCE]
    fewer = [stage for stage, change in changes.items() if change < -TOLERANCE]
    if not more and not fewer:
        return None
    lines = []
    if more:
        lines.append(f"More than {TOLERANCE:.0%} more instructions than recorded: {', '.join(more)}.")
        lines.append(f"If what they buy is worth it, {record} that says what it is; else find them (valgrind --tool=callgrind).")
    if fewer:
        lines.append(f"More than {TOLERANCE:.0%} fewer instructions than recorded: {', '.join(fewer)}.")
        lines.append(f"So that they stay away, {record}.")
    if counted["compiler"] != recorded["compiler"]:
        lines.append(f"The compiler is another: {counted['compiler']} here, {recorded['compiler']} when they were recorded.")
        lines.append("If the commit before gives the same counts with this compiler, it is the compiler: then record anew as well.")
    if missing := missing_features():
        lines.append(without(missing))
    if flags := os.environ.get("RUSTFLAGS"):
        lines.append(f"RUSTFLAGS is set ({flags}): counts are those of a build without.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
