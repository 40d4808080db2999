"""Kills and signals at random moments of a run: the old result or the new one, and nothing left that the next run does not clear; what can be
told to end takes away what it had on its way, and ends within a second."""
import random
import signal
import time
from collections import Counter

from work import Bench, Wrong

TOLD = {"SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT, "SIGHUP": signal.SIGHUP}
LONGEST = 5.0  # seconds that a run may take to end, on a machine that does other things as well; how many it took is told


def length(bench):
    """How long a run takes, in seconds."""
    taken = []
    for _ in range(3):
        bench.reset()
        began = time.monotonic()
        bench.run()
        taken.append(time.monotonic() - began)
    return max(taken)


def strike(bench, number, moment):
    """One run that is sent a signal after so many seconds; its outcome, and how long it took to end."""
    bench.reset()
    process = bench.start()
    time.sleep(moment)
    sent = time.monotonic()
    process.send_signal(number)
    done = bench.ended(process)
    return done, time.monotonic() - sent


def kill(shop, tally, moments, cases):
    """SIGKILL at so many random moments of each case."""
    chance = random.Random(8)
    for case in cases:
        bench = Bench(shop, case)
        whole, counts = length(bench), Counter()
        for _ in range(moments):
            moment = chance.uniform(0, whole * 1.05)
            done, _ = strike(bench, signal.SIGKILL, moment)
            killed = done.code == -signal.SIGKILL
            left = bool(bench.litter())
            counts["came to its end" if not killed else "killed, with litter" if left else "killed"] += 1
            try:
                bench.judge(done, killed=killed)
            except Wrong as wrong:
                tally.wrongly(f"killed after {moment:.3f} s: {wrong}")
        tally.row(f"SIGKILL: {case.name}", moments, ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


def told(shop, tally, moments, cases):
    """Signals that a process can answer, at so many random moments of each case."""
    chance = random.Random(9)
    # What started this program may ignore Ctrl-C (a job in the background), and runs would go on ignoring it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for case in cases:
        bench = Bench(shop, case)
        whole = length(bench)
        for name, number in TOLD.items():
            counts, longest = Counter(), 0.0
            for _ in range(moments):
                # Before it listens, within the first milliseconds, it is killed by the signal as any process is.
                moment = chance.uniform(min(0.03, whole / 4), whole * 1.05)
                done, took = strike(bench, number, moment)
                longest = max(longest, took)
                ended = done.code == -number
                counts["ended" if ended else "came to its end"] += 1
                try:
                    bench.check(took < LONGEST or not ended, f"took {took:.2f} s to end")
                    bench.check(not ended or not bench.litter(), f"left {bench.litter()}")
                    bench.judge(done, killed=ended)
                except Wrong as wrong:
                    tally.wrongly(f"{name} after {moment:.3f} s: {wrong}")
            words = ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))
            tally.row(f"{name}: {case.name}", moments, f"{words}; at most {longest:.3f} s to end")
