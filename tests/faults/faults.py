#!/usr/bin/env python3
"""Runs gmv under faults, and holds every outcome against the promise: the result whole, or one clear error and the old result whole.

usage: faults.py --gmv PATH [--long] [--only PART,…] [--cases NAME,…] [--verbose]

Parts: inject (every system call fails, with strace), kill (SIGKILL at random moments), told (SIGTERM, Ctrl-C and SIGHUP at random moments),
full (a full disk, page by page), sizes (a limit on the size of files), handles (too few file handles), memory (too little of it), clock (wrong and jumping, with faketime), changing
(exports that are written to while they are read). Without --long: a few of each, in one or two minutes.

Needs the standard library and Linux; strace for inject, faketime for clock, and for full the right to mount in a namespace of its own
(`unshare -m`, or `unshare -rm` for those who are not root). A part whose tool is missing is left out, and said to be. Prints a line for each
fault and case; exit 1 if a promise was not kept.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import changing
import inject
import kill
import limits
from work import Shop, Tally

IN_NAMESPACE = "GMV_FAULTS_IN_NAMESPACE"
SHORT = ["-o .csv", "-o .xlsx", "-o .parquet", "ingest", "report"]
FORMATS = ["-o .csv", "-o .json", "-o .md", "-o .xlsx", "-o .parquet", "--chart"]


def parts(shop, tally, is_long, named):
    """The parts by their names, each as what runs it."""
    every = [case for case in shop.cases() if not named or case.name in named]
    few = every if is_long or named else shop.some(SHORT)
    # In the short form the calls that can leave something half done, and every seventh of the others.
    weighty = ["write", "rename", "renameat", "renameat2", "fsync", "unlink", "mkdir", "symlink", "clone3", "fchmod"]
    large = lambda: Shop(shop.gmv, shop.folder / "large", 200_000)

    def injected():
        if is_long or named:
            inject.inject(shop, tally, 1, every)
            inject.inject(shop, tally, 9, shop.spilling(), ["write", "pread64", "openat"])
        else:
            inject.inject(shop, tally, 2, few, weighty)
            inject.inject(shop, tally, 7, shop.some(["-o .csv", "ingest"]), ["read", "openat", "statx"])

    def told():
        if is_long:
            big = large()
            kill.told(big, tally, 40, big.long_ones())
        kill.told(shop, tally, 40 if is_long else 3, shop.some(SHORT))

    def full():
        limits.full(shop, tally, 1 if is_long else 24, few)
        if is_long:
            limits.full(shop, tally, 500, shop.spilling())

    return {
        "inject": injected,
        "kill": lambda: kill.kill(shop, tally, 200 if is_long else 8, shop.some(FORMATS + ["ingest", "report"]) if is_long else few),
        "told": told,
        "full": full,
        "sizes": lambda: limits.sizes(shop, tally, 512 if is_long else 1 << 14, few),
        "handles": lambda: limits.handles(shop, tally, few),
        "memory": lambda: limits.memory(shop, tally, 512 if is_long else 16384, few),
        "clock": lambda: limits.clock(shop, tally, few),
        "changing": lambda: changing.changing(shop, tally, 100 if is_long else 6),
    }


def usable(part):
    """Whether the tools of a part are there."""
    tool = {"inject": "strace", "clock": "faketime"}.get(part)
    if part == "full":
        return IN_NAMESPACE in os.environ
    return tool is None or shutil.which(tool) is not None


def enter_namespace():
    """Starts this program again where it can mount, if the system allows it."""
    options = "-m" if os.geteuid() == 0 else "-rm"
    if IN_NAMESPACE in os.environ or subprocess.run(["unshare", options, "true"], capture_output=True).returncode != 0:
        return
    os.environ[IN_NAMESPACE] = "1"
    os.execvp("unshare", ["unshare", options, sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gmv", required=True, help="the binary")
    parser.add_argument("--long", action="store_true", help="every call, 200 kills, every page")
    parser.add_argument("--only", help="parts, with commas")
    parser.add_argument("--cases", help="cases, with commas")
    parser.add_argument("--verbose", action="store_true", help="show what was said")
    given = parser.parse_args()
    if shutil.which("unshare"):
        enter_namespace()
    tally = Tally(given.verbose)
    with tempfile.TemporaryDirectory(prefix="gmv-faults-") as folder:
        shop = Shop(given.gmv, Path(folder))
        named = given.cases and given.cases.split(",")
        for part, runs in parts(shop, tally, given.long, named).items():
            if given.only and part not in given.only.split(","):
                continue
            if not usable(part):
                print(f"{part}: left out, since its tool is missing")
                continue
            began = time.monotonic()
            print(f"{part}", flush=True)
            runs()
            print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
