"""What is run under faults, and what must hold whatever happened.

A case is a command line in a folder of three: `in` (the exports), `out` (what is written, which begins with results of an earlier run) and
`tmp` (TMPDIR). After a run that met a fault its outcome must be one of two:

- exit 0 (or the code of the case): what is in `out` is what an undisturbed run gives, to the byte;
- anything else: what is in `out` is old or new, file by file of a case or as a whole, never a part; and unless the process was killed,
  standard error holds one line, which begins with `gmv: `.

Beside that, `out` may hold litter under names that begin with `.gmv-`, where the process was killed or the system let it take nothing away; the
next run clears it.
"""
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LOCKS = {".gmv-lock", ".ingesting", ".reading"}  # files that stay, empty
OLD = b"old\n"


@dataclass
class Outcome:
    """How a run ended."""

    code: int
    out: bytes
    err: str


@dataclass
class Case:
    """A command line, and what it writes."""

    name: str
    arguments: list
    targets: list = field(default_factory=list)  # files that begin as OLD, each old or new
    store: bool = False  # whether `out/store` is compared by what gmv reads of it
    report: bool = False  # whether `out` is a folder of reports
    stdout: bool = False  # whether the result goes to standard output
    code: int = 0  # the exit code of an undisturbed run
    slow: bool = False  # whether a run takes about a second
    once: list = field(default_factory=list)  # targets that the next run gives otherwise
    before: list = field(default_factory=list)  # the command line that makes what `out` holds at first


def limited(resource_name, value):
    """What sets a limit of the system on a process before it begins."""
    return lambda: resource.setrlimit(resource_name, (value, value))


def run(gmv, arguments, folder, prefix=(), env=None, **more):
    """Runs gmv in a folder; `prefix` is what starts it."""
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "RUST_BACKTRACE": "0", **(env or {})}
    done = subprocess.run([*prefix, str(gmv), *arguments], cwd=folder, capture_output=True, env=environment,
                          stdin=subprocess.DEVNULL, **more)
    return Outcome(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


class Shop:
    """The exports of a sample, and the cases on them."""

    def __init__(self, gmv, folder, sessions=3000):
        self.gmv, self.folder, self.sessions = Path(gmv).resolve(), Path(folder), sessions
        for name in ("in", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.sample("in/a", f"--sessions {sessions * 2 // 3} --streamers 6 --weeks 6 --seed 1")
        self.sample("in/b", f"--sessions {sessions} --streamers 6 --weeks 6 --seed 2")
        orders = self.folder / "in/a/orders.csv"
        bad = "7,u1,s0001,2026-11-10 10:00:00,1,x,,paid,,,\n"
        (self.folder / "in/a/bad.csv").write_text(orders.read_text() + bad)

    def sample(self, place, options):
        """A sample, made once."""
        done = run(self.gmv, ["sample", *options.split(), "--out", place, "-q"], self.folder)
        assert done.code == 0, done.err

    def cases(self):
        """All cases."""
        both = "--orders in/b/orders.csv --sessions in/b/sessions.csv --threads 2 -q"
        single = lambda name, line, target: Case(name, line.split() + [f"out/{target}"], [target])
        cases = [single(f"-o .{end}", f"decompose {both} -o", f"result.{end}")
                 for end in ("csv", "json", "ndjson", "md", "txt", "xlsx", "parquet")]
        cases += [
            Case("standard output", f"decompose {both}".split(), stdout=True),
            single("--chart", f"compare {both} -o out/result.csv --chart", "chart.svg"),
            Case("--rejects", f"decompose {both} --orders in/a/bad.csv --max-bad 5% --rejects out/bad.csv -o out/result.csv".split(),
                 ["bad.csv", "result.csv"]),
            Case("explain", f"explain {both} -o out/result.json".split(), ["result.json"]),
            Case("cohorts", f"repurchase {both} --by total --cohorts --chart out/cohorts.svg -o out/result.csv".split(),
                 ["cohorts.svg", "result.csv"]),
            Case("check", f"check {both} --rejects out/bad.csv -o out/result.csv".split(), ["bad.csv", "result.csv"]),
            Case("init", "init --force out/gmv.toml -q".split(), ["gmv.toml"]),
            Case("sample", f"sample --sessions {self.sessions // 6} --streamers 6 --weeks 2 --seed 3 --out out -q".split(),
                 ["lives.csv", "orders.csv", "sessions.csv", "story.md", "streamers.csv"]),
            Case("ingest", f"ingest {both} --store out/store --rejects out/bad.csv -o out/result.csv".split(), ["bad.csv", "result.csv"],
                 store=True, once=["result.csv"], before="ingest --orders in/a/orders.csv --sessions in/a/sessions.csv --store out/store -q".split()),
            Case("report", f"report {both} --out out --as-of 2026-11-16 --title new".split(), report=True,
                 before=f"report {both} --out out --as-of 2026-11-16 --title old".split()),
        ]
        cases[8].targets.append("result.csv")
        return cases

    def some(self, names):
        """The cases of these names."""
        return [case for case in self.cases() if case.name in names]

    def long_ones(self):
        """Cases that take their time in further phases: replicates of a bootstrap, slices, rows that go to files and through one."""
        both = "--orders in/b/orders.csv --sessions in/b/sessions.csv --threads 2 -q"
        return [
            Case("compare --bootstrap", f"compare {both} --ci --bootstrap 200 -o out/result.csv".split(), ["result.csv"]),
            Case("explain", f"explain {both} -o out/result.json".split(), ["result.json"]),
            Case("repurchase --expected", f"repurchase {both} --expected -o out/result.csv".split(), ["result.csv"]),
            *self.some(["-o .xlsx", "ingest", "report", "sample"]),
        ]

    def spilling(self):
        """Cases that need room in TMPDIR: rows beyond the bound on memory, and the rows of a large workbook. They take a second each."""
        for name in ("spill", "rows"):
            (self.folder / "in" / name).mkdir(exist_ok=True)
        self.sample("in/spill", "--sessions 3000000 --streamers 50 --weeks 4 --seed 5")
        self.sample("in/rows", "--sessions 150000 --streamers 2500 --weeks 8 --seed 6")
        line = "decompose --orders in/{0}/orders.csv --sessions in/{0}/sessions.csv -q {1}"
        return [
            Case("spill", line.format("spill", "--threads 1 --memory 112MiB -o out/result.csv").split(), ["result.csv"], slow=True),
            Case("large workbook", line.format("rows", "-o out/result.xlsx").split(), ["result.xlsx"], slow=True),
        ]


class Bench:
    """A case in a folder of its own, with what `out` held before and holds after an undisturbed run."""

    def __init__(self, shop, case):
        self.gmv, self.case, self.said = shop.gmv, case, Counter()
        self.folder = shop.folder / "bench" / re.sub(r"\W+", "", case.name)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tmp").mkdir(parents=True)
        (self.folder / "in").symlink_to(shop.folder / "in")
        self.out, self.first = self.folder / "out", self.folder / "first"
        self.make_first()
        self.reset()
        self.old = self.view()
        done = self.run()
        self.check(done.code == case.code and done.err == "", f"an undisturbed run gives {done}")
        self.new, self.stdout = self.view(), done.out
        self.check(not self.litter(), f"an undisturbed run leaves {self.litter()}")
        self.check(case.stdout or self.new != self.old, "an undisturbed run changes nothing")

    def make_first(self):
        """Makes what `out` holds at first."""
        self.out.mkdir()
        if self.case.before:
            done = run(self.gmv, self.case.before, self.folder)
            self.check(done.code == 0, done.err)
        for target in self.case.targets:
            (self.out / target).write_bytes(OLD)
        self.out.rename(self.first)

    def reset(self):
        """Puts everything back as it was at first."""
        for folder in (self.out, self.folder / "tmp"):
            shutil.rmtree(folder, ignore_errors=True)
        (self.folder / "tmp").mkdir()
        shutil.copytree(self.first, self.out, symlinks=True)

    def run(self, prefix=(), **more):
        """Runs the case."""
        return run(self.gmv, self.case.arguments, self.folder, prefix, **more)

    def start(self):
        """Starts the case."""
        environment = {**os.environ, "TMPDIR": str(self.folder / "tmp")}
        return subprocess.Popen([str(self.gmv), *self.case.arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ended(self, process):
        """How a run ended that was started."""
        out, err = process.communicate(timeout=120)
        return Outcome(process.returncode, out, err.decode(errors="replace"))

    def files(self):
        """Everything in `out` by its name: a digest, or where a link leads."""
        found = {}
        for place, folders, names in os.walk(self.out):
            for name in names + [one for one in folders if (Path(place) / one).is_symlink()]:
                path = Path(place) / name
                content = f"-> {path.readlink()}" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(self.out))] = content
        return found

    def litter(self):
        """What is neither a result nor a lock."""
        hidden = lambda name: any(part.startswith(".") for part in Path(name).parts)
        names = [name for name in self.files() if hidden(name) and Path(name).name not in LOCKS]
        return sorted(names + [f"tmp/{path.name}" for path in (self.folder / "tmp").iterdir()])

    def view(self):
        """What a reader sees: each target; the newest report; what gmv reads of the store."""
        files = self.files()
        view = {target: files.get(target) for target in self.case.targets}
        if self.case.report:
            view["report"] = {name: content for name, content in files.items() if not name.startswith(".")}
        if self.case.store:
            done = run(self.gmv, "decompose --store out/store -q".split(), self.folder)
            view["store"] = hashlib.sha256(done.out).hexdigest() if done.code == 0 else done.err
        return view

    def check(self, holds, what):
        """Fails with what happened."""
        if not holds:
            raise Wrong(f"{self.case.name}: {what}")

    def judge(self, done, killed=False, mended=None):
        """Holds an outcome against the promise, and the next run against its own, before which `mended` takes the fault away."""
        view, case = self.view(), self.case
        succeeded = not killed and done.code == case.code
        for name, seen in view.items():
            states = [self.new[name]] if succeeded else [self.old[name], self.new[name]]
            self.check(seen in states, f"{name} is {'not what was to be written' if succeeded else 'neither old nor new'}: {done} {seen}")
        if succeeded:
            self.check(done.out == self.stdout, f"other bytes on standard output: {done}")
            self.check(done.err == "", f"words on success: {done.err}")
        elif not killed:
            lines = done.err.splitlines()
            self.check(len(lines) == 1 and lines[0].startswith("gmv: "), f"not one clear line: {done.code} {done.err!r}")
            self.check(not re.search("(fault|error) of (gmv|the program)", done.err), done.err)
            self.check(done.code == 1, f"exit {done.code}: {done.err}")
        self.left = bool(self.litter())
        if mended:
            mended()
        again = self.run()
        self.check(again.code == case.code and again.err == "", f"the next run gives {again}")
        again = self.view()
        other = [name for name in self.new if again[name] != self.new[name] and name not in case.once]
        self.check(not other, f"the next run does not give the new {other}")
        self.check(not self.litter(), f"the next run does not clear {self.litter()}")
        return succeeded


class Wrong(Exception):
    """A promise that was not kept."""


class Tally:
    """What was tried, and what was wrong."""

    def __init__(self, verbose=False):
        self.tried, self.wrong, self.rows, self.verbose = 0, [], [], verbose

    def wrongly(self, what):
        """Takes note of a promise that was not kept."""
        self.wrong.append(what)
        print(f"  WRONG {what}", flush=True)

    def row(self, name, tried, words):
        """A line of the table."""
        self.tried += tried
        print(f"  {name:<28} {tried:>6}  {words}", flush=True)

    def finish(self):
        """The exit code."""
        print(f"{self.tried} faults tried, {len(self.wrong)} promises not kept")
        return 1 if self.wrong else 0
