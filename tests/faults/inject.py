"""System calls that fail: each kind, in each of its ways, at the first call, the second, and so on until a run comes to its end before it.

strace counts the calls of each thread by itself, so that the Nth call of every thread fails. What fails before the program begins is told by
the loader, and what fails in the start of the Rust runtime by that: both are taken for what they are.
"""
import re
import tempfile
from collections import Counter

from work import Bench, Wrong

FAULTS = {
    "write": ["ENOSPC", "EIO", "EINTR"],
    "pwrite64": ["ENOSPC"],
    "read": ["EIO", "EINTR"],
    "pread64": ["EIO"],
    "openat": ["EMFILE", "EACCES"],
    "close": ["EIO"],
    "rename": ["EXDEV"],
    "renameat": ["EIO"],
    "renameat2": ["EINVAL", "EIO"],
    "fsync": ["EIO", "ENOSPC"],
    "fdatasync": ["EIO"],
    "unlink": ["EACCES"],
    "unlinkat": ["EBUSY"],
    "rmdir": ["EBUSY"],
    "mkdir": ["ENOSPC"],
    "symlink": ["EPERM"],
    "ftruncate": ["ENOSPC"],
    "lseek": ["EIO"],
    "statx": ["EIO"],
    "newfstatat": ["EACCES"],
    "getdents64": ["EIO"],
    "flock": ["ENOLCK"],
    "fchmod": ["EPERM"],
    "fcntl": ["EINVAL"],
    "getrandom": ["ENOSYS"],
    "clone3": ["EAGAIN"],
    "mmap": ["ENOMEM"],
    "mprotect": ["ENOMEM"],
    "brk": ["ENOMEM"],
    "mremap": ["ENOMEM"],
}
# Without memory a process cannot go on; it ends as if it were killed, and says so in its own words.
OF_MEMORY = {"mmap", "mprotect", "brk", "mremap"}
LOADER = re.compile(r"error while loading shared libraries|cannot apply additional memory protection|cannot allocate memory for|"
                    r"failed to map|cannot allocate TLS")


def strace(call, error, when, trace):
    """The words before a command that let the Nth call fail."""
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={call}", "-e", "signal=none",
            "-e", f"inject={call}:error={error}:when={when}", "-o", trace]


def attempt(bench, call, error, when):
    """One run; how it ended, or `None` where no call was left to fail."""
    bench.reset()
    with tempfile.NamedTemporaryFile() as trace:
        done = bench.run(strace(call, error, when, trace.name), timeout=120)
        failed = [line for line in trace.read().decode(errors="replace").splitlines() if "INJECTED" in line]
    if not failed:
        return None
    # The words of the error may be the call that fails, since calls are counted by threads.
    if done.code == 1 and not done.err and any(" write(2, " in line for line in failed):
        done.err = "gmv: (said, and not written)\n"
    if done.code == 127 or LOADER.search(done.err):
        return "loader"
    if call in OF_MEMORY and done.code < 0 or done.code in (101, 134) and "memory" in done.err:
        bench.judge(done, killed=True)
        return "out of memory"
    if done.err:
        bench.said[re.sub(r"[0-9a-f]{64}", "…", done.err.strip())] += 1
    try:
        ending = "done" if bench.judge(done) else "error"
        return f"{ending} with litter" if bench.left else ending
    except Wrong as wrong:
        raise Wrong(f"{call} {error} at {when}: {wrong}") from None


def inject(shop, tally, steps, cases, calls=None):
    """Lets every `steps`th call fail."""
    for case in cases:
        bench = Bench(shop, case)
        for call in calls or FAULTS:
            for error in FAULTS[call]:
                counts = series(bench, tally, call, error, steps)
                if counts:
                    words = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
                    tally.row(f"{call} {error}: {case.name}", sum(counts.values()), words)


def series(bench, tally, call, error, steps):
    """Lets the first call fail, and each `steps`th after it, until no run comes to it; how often what came of it."""
    counts, when = Counter(), 1
    while True:
        try:
            ending = attempt(bench, call, error, when)
        except Wrong as wrong:
            ending = "wrong"
            tally.wrongly(str(wrong))
        if ending is None:
            break
        counts[ending] += 1
        when += steps
    if tally.verbose:
        for said, count in bench.said.items():
            print(f"      {count} × {said}")
    bench.said.clear()
    return counts
