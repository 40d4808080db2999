#!/usr/bin/env python3
"""How much of each station the tests run, with the coverage of LLVM: unit tests, integration tests, and the real `gmv` that these run.

    rustup component add llvm-tools
    python3 tests/coverage.py [--uncovered FILE] [--target DIR] [-- arguments of cargo test]

Lines and regions of tests themselves are left out, a generic function is covered where any instance of it is, and a process that is killed
leaves no trace, so that the figures are lower bounds.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATIONS = """units calendar memory partition sums concentration input journey engine factor change repurchase plan alert present sample
cli command lib main""".split()


def tools():
    root = subprocess.run(["rustc", "--print", "target-libdir"], check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(root).parent / "bin"


def run_tests(target, arguments):
    """Runs all tests in a folder of their own; returns the binaries that were run."""
    # The crate alone: its dependencies are built as they are, and are there already where the folder is one of other builds.
    wrapper = target / "instrumented"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text('#!/bin/sh\nexec "$@" -C instrument-coverage\n')
    wrapper.chmod(0o755)
    environment = dict(os.environ, CARGO_TARGET_DIR=str(target), RUSTC_WORKSPACE_WRAPPER=str(wrapper), INSTA_UPDATE="no")
    # Processes share a few files, into which each merges what it ran.
    environment["LLVM_PROFILE_FILE"] = str(target / "profiles" / "%4m.profraw")
    build = ["cargo", "test", "--all-features", "--lib", "--bins", "--tests", "--no-run", "--message-format=json", *arguments]
    built = subprocess.run(build, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = map(json.loads, filter(lambda line: line.startswith("{"), built.splitlines()))
    binaries = [one["executable"] for one in messages if one.get("executable")]
    # A process whose files may not grow cannot say what it ran, and complains.
    run = ["cargo", "test", "--all-features", "--lib", "--bins", "--tests", *arguments, "--", "--skip", "may_not_grow"]
    tests = subprocess.run(run, cwd=ROOT, env=environment)
    return binaries, tests.returncode


def first_line_of_tests(path):
    """The line on which a file's own tests begin; none of a file that is nothing but tests."""
    if path.stem == "tests" or "tests" in path.parts or path.stem.endswith("_tests") or path.stem == "fixture":
        return 0
    lines = path.read_text().splitlines()
    inline = [at for at, line in enumerate(lines, 1) if line == "#[cfg(test)]" and lines[at : at + 1] and lines[at].endswith("{")]
    return inline[0] if inline else sys.maxsize


def regions(target, binaries):
    """How often each region of each file ran, by its place; of a generic function the instance that ran most often."""
    bin_of, profile = tools(), target / "all.profdata"
    raw = [str(path) for path in (target / "profiles").glob("*.profraw")]
    subprocess.run([bin_of / "llvm-profdata", "merge", "-sparse", "--failure-mode=all", "-o", profile, *raw], check=True)
    objects = [word for binary in binaries[1:] for word in ("-object", binary)]
    export = [bin_of / "llvm-cov", "export", "-instr-profile", profile, binaries[0], *objects]
    found = json.loads(subprocess.run(export, check=True, capture_output=True, text=True).stdout)
    counts, of_tests = collections.defaultdict(dict), {}
    for function in found["data"][0]["functions"]:
        for first, column, last, end, count, file, _, kind in function["regions"]:
            path = pathlib.Path(function["filenames"][file])
            if kind != 0 or ROOT / "src" not in path.parents:
                continue
            if path not in of_tests:
                of_tests[path] = first_line_of_tests(path)
            if first < of_tests[path]:
                place = (first, column, last, end)
                counts[path][place] = max(counts[path].get(place, 0), count)
    return counts


def station(path):
    return path.relative_to(ROOT / "src").parts[0].removesuffix(".rs")


def uncovered_lines(places):
    """Lines that a region of which nothing ran begins on or fills, and no region that ran begins on."""
    ran = {first for (first, *_), count in places.items() if count}
    return sorted({line for (first, _, last, _), count in places.items() if not count for line in range(first, last + 1)} - ran)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=pathlib.Path, default=ROOT / "target" / "coverage")
    parser.add_argument("--uncovered", type=pathlib.Path, help="write the lines that did not run, with their places")
    parser.add_argument("arguments", nargs="*", help="arguments of cargo test")
    asked = parser.parse_args()
    binaries, failed = run_tests(asked.target.resolve(), asked.arguments)
    counts = regions(asked.target.resolve(), binaries)
    all_of = collections.defaultdict(lambda: [0, 0, 0, 0])
    listed = []
    for path, places in sorted(counts.items()):
        lines = {line for first, _, last, _ in places for line in range(first, last + 1)}
        missed = uncovered_lines(places)
        text = path.read_text().splitlines()
        listed += [f"{path.relative_to(ROOT)}:{line}: {text[line - 1].strip()}" for line in missed if text[line - 1].strip(" })];,")]
        sums = all_of[station(path)]
        for at, more in enumerate([len(lines), len(lines) - len(missed), len(places), sum(map(bool, places.values()))]):
            sums[at] += more
    print(f"{'station':14}{'lines':>8}{'run':>8}{'%':>7}{'regions':>10}{'run':>8}{'%':>7}")
    total = [sum(column) for column in zip(*all_of.values())]
    order = sorted(all_of, key=lambda name: STATIONS.index(name) if name in STATIONS else len(STATIONS))
    for name, (lines, ran, places, took) in [*((name, all_of[name]) for name in order), ("all", total)]:
        print(f"{name:14}{lines:8}{ran:8}{100 * ran / lines:7.1f}{places:10}{took:8}{100 * took / places:7.1f}")
    if asked.uncovered:
        asked.uncovered.write_text("\n".join(listed) + "\n")
    return failed


sys.exit(main())
