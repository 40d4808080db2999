#!/usr/bin/env python3
"""Starts a small Apache Spark on this machine for tests, and stops it however its caller ends.

usage: servers.py run [--deadline SECONDS] [--ui] [--conf KEY=VALUE]... -- COMMAND...
       servers.py check

A master, two workers and the Connect server, all on 127.0.0.1 and free ports; logs and work folders are in one temporary
folder. COMMAND gets GMV_SPARK (sc://127.0.0.1:PORT), GMV_SPARK_MASTER (spark://…), GMV_SPARK_WORKERS (the process ids of
the workers, by commas) and, with --ui, GMV_SPARK_UI (http://…); its exit code is that of this script. `check` installs
what is missing and starts nothing. Exit 77 and `NOT RUN: …` where Java or pyspark cannot be had.

As a module: `with servers.Servers(deadline=900) as s:` and then s.connect, s.master, s.workers, s.ui, s.folder.

A keeper process owns the servers: they are its process group. It ends that group when its caller closes the pipe between
them (so also when the caller is killed), on SIGTERM, and at the deadline. Only the standard library is needed.
"""
import argparse
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VERSION = "4.2.0"
WORKERS = 2
WORKER_MEMORY = "1g"
EXECUTOR_MEMORY = "900m"
DRIVER_MEMORY = "1g"
DAEMON_MEMORY = "192m"  # heap of the master and of each worker; executors and the driver have their own
DEADLINE = 1800
STARTING = 240  # how long the servers may take to come up (20 s on an idle machine)
SKIPPED = 77
LOCAL = "127.0.0.1"


class NotRun(Exception):
    """What the servers need cannot be had here."""


# ----------------------------------------------------------------------------------------------------- what they stand on

def environment():
    """The virtual environment of pyspark."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gmv" / "spark"


def python():
    return environment() / "bin" / "python"


def java_home():
    """The home of a Java that Spark runs on (17 or 21), or None."""
    found = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    found += [Path(on_path).resolve().parent.parent] if on_path else []
    found += sorted(Path("/usr/lib/jvm").glob("java-*-openjdk-*"))
    for home in found:
        try:
            said = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=60).stderr
        except (OSError, subprocess.TimeoutExpired):
            continue
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) in (17, 21):
            return home
    return None


def java():
    """A Java, installed from Debian where this may be done."""
    home = java_home()
    if home is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 600}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        for package in ("openjdk-17-jre-headless", "openjdk-21-jre-headless"):
            install = ["apt-get", "install", "-y", "-qq", package]
            if subprocess.run(install, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, **quiet).returncode == 0:
                break
        home = java_home()
    if home is None:
        raise NotRun("no Java 17 or 21 (Debian: openjdk-17-jre-headless)")
    return home


def spark_home():
    """The folder of Spark, installed with pip into an environment of its own where it is missing."""
    ask = [python(), "-c", "import pyspark, pyspark.sql.connect.session as s; print(pyspark.__version__, pyspark.__path__[0])"]
    for attempt in range(2):
        try:
            said = subprocess.run(ask, capture_output=True, text=True, timeout=120)
            if said.returncode == 0 and said.stdout.split(" ", 1)[0] == VERSION:
                return Path(said.stdout.split(" ", 1)[1].strip())
        except (OSError, subprocess.TimeoutExpired):
            pass
        if attempt == 0:
            try:
                subprocess.run([sys.executable, "-m", "venv", environment()], check=True, capture_output=True, timeout=120)
                subprocess.run([environment() / "bin" / "pip", "install", "--quiet", f"pyspark[connect]=={VERSION}"],
                               check=True, capture_output=True, timeout=900)
            except (OSError, subprocess.SubprocessError) as e:
                raise NotRun(f"pip cannot install pyspark {VERSION}: {e}") from e
    raise NotRun(f"pyspark {VERSION} does not work in {environment()}")


# ------------------------------------------------------------------------------------------------------------- the keeper

def wait_for(log, pattern, process, until):
    """What a pattern finds in a log that a process is writing."""
    while time.monotonic() < until:
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found[1]
        if process.poll() is not None:
            raise RuntimeError(f"{log.name} ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    raise RuntimeError(f"{log.name}: not up in {STARTING} s: {log.read_text(errors='replace')[-2000:]}")


class Group:
    """The servers, as children of this process and in its process group."""

    def __init__(self, settings):
        self.folder = Path(settings["folder"])
        self.spark = Path(settings["spark"])
        self.settings = settings
        self.children = []
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK_", "PYSPARK_")) and k != "PYTHONPATH"}
        self.environment = kept | {
            "SPARK_HOME": str(self.spark), "JAVA_HOME": settings["java"], "SPARK_LOCAL_IP": LOCAL, "SPARK_NO_DAEMONIZE": "1",
            "SPARK_CONF_DIR": str(self.folder / "conf"), "SPARK_LOCAL_DIRS": str(self.folder / "local"), "TZ": "UTC"}

    def start(self, name, command, **more):
        log = self.folder / f"{name}.log"
        with open(log, "wb") as out:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                                     env=self.environment | more)
        self.children.append((name, child))
        return log, child

    def up(self):
        """Starts all of them; what their callers need to know."""
        until = time.monotonic() + STARTING
        daemon = {"SPARK_DAEMON_MEMORY": DAEMON_MEMORY, "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"}
        run = str(self.spark / "bin" / "spark-class")
        log, child = self.start("master", [run, "org.apache.spark.deploy.master.Master", "--host", LOCAL, "--port", "0",
                                           "--webui-port", "0"], **daemon)
        master = wait_for(log, r"Starting Spark master at (spark://\S+)", child, until)
        workers = [self.start(f"worker-{n}", [run, "org.apache.spark.deploy.worker.Worker", "--host", LOCAL, "--port", "0",
                                              "--webui-port", "0", "--cores", "1", "--memory", WORKER_MEMORY,
                                              "--work-dir", str(self.folder / f"work-{n}"), master], **daemon)
                   for n in range(1, WORKERS + 1)]
        conf = {
            "spark.connect.grpc.binding.address": LOCAL, "spark.connect.grpc.binding.port": "0",
            "spark.driver.host": LOCAL, "spark.driver.bindAddress": LOCAL,
            "spark.ui.enabled": str(self.settings["ui"]).lower(), "spark.ui.port": "0",
            "spark.sql.shuffle.partitions": "8", "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory", "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            # Else the driver keeps the plans of a thousand statements, a megabyte each, and ends up collecting garbage.
            "spark.sql.ui.retainedExecutions": "20", "spark.ui.retainedJobs": "50", "spark.ui.retainedStages": "50", "spark.ui.retainedTasks": "500",
            "spark.sql.connect.ui.retainedStatements": "20",
            **self.settings["conf"]}
        command = [str(self.spark / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
                   "--name", "gmv", "--master", master, "--driver-memory", DRIVER_MEMORY, "--executor-memory", EXECUTOR_MEMORY,
                   "--executor-cores", "1"]
        command += [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")] + ["spark-internal"]
        for log, child in workers:
            wait_for(log, r"(Successfully registered with master)", child, until)
        log, child = self.start("connect", command)
        port = wait_for(log, r"Spark Connect server started at: \S*?:(\d+)", child, until)
        ui = wait_for(log, r"Successfully started service 'SparkUI' on port (\d+)", child, until) if self.settings["ui"] else None
        return {"connect": f"sc://{LOCAL}:{port}", "master": master, "workers": [c.pid for _, c in workers], "driver": child.pid,
                "ui": ui and f"http://{LOCAL}:{ui}"}


def keeper(settings):
    """The body of the keeper: standard input is the pipe from the caller, standard output the one to it."""
    os.setpgid(0, 0)
    group = os.getpgid(0)
    until = time.monotonic() + settings["deadline"]

    def end(number, _frame):
        # Of this group only; this process is the last, for it must still remove the folder.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    servers = Group(settings)
    try:
        try:
            print(json.dumps(servers.up()), flush=True)
        except RuntimeError as e:
            print(json.dumps({"failed": str(e)}), flush=True)
            return
        while time.monotonic() < until:
            ready, _, _ = select.select([sys.stdin], [], [], min(1.0, max(0.0, until - time.monotonic())))
            if ready and not os.read(sys.stdin.fileno(), 1024):
                return  # the caller is gone
        print(f"servers.py: the deadline of {settings['deadline']} s is over: Spark is stopped", file=sys.stderr, flush=True)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(group, signal.SIGTERM)
        gone = time.monotonic() + 5
        for _, child in servers.children:
            try:
                child.wait(max(0.0, gone - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
        if not settings["keep"]:
            shutil.rmtree(settings["folder"], ignore_errors=True)
        os.killpg(group, signal.SIGKILL)  # executors that outlived their worker, and this process


# ------------------------------------------------------------------------------------------------------------- the caller

class Servers:
    """A context manager: the servers run within it."""

    def __init__(self, deadline=DEADLINE, ui=False, conf=None, keep=False):
        self.settings = {"deadline": deadline, "ui": ui, "conf": conf or {}, "keep": keep}
        self.keeper = None

    def __enter__(self):
        began = time.monotonic()
        self.settings |= {"java": str(java()), "spark": str(spark_home())}
        self.folder = tempfile.mkdtemp(prefix="gmv-spark-")
        for name in ("conf", "local"):
            os.mkdir(os.path.join(self.folder, name))
        self.settings["folder"] = self.folder
        self.keeper = subprocess.Popen([sys.executable, __file__, "keeper", json.dumps(self.settings)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self.keeper.stdout.readline()
        up = json.loads(said) if said else {"failed": "the keeper of the servers ended"}
        if "failed" in up:
            self.__exit__()
            raise RuntimeError(up["failed"])
        self.connect, self.master, self.workers, self.ui, self.driver = (up[k] for k in ("connect", "master", "workers", "ui", "driver"))
        self.took = time.monotonic() - began
        return self

    def __exit__(self, *_):
        if self.keeper is not None:
            self.keeper.stdin.close()
            try:
                self.keeper.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.keeper.pid, signal.SIGKILL)
                self.keeper.wait()
            self.keeper.stdout.close()
            self.keeper = None
        return False

    def variables(self):
        named = {"GMV_SPARK": self.connect, "GMV_SPARK_MASTER": self.master, "GMV_SPARK_WORKERS": ",".join(map(str, self.workers))}
        return named | ({"GMV_SPARK_UI": self.ui} if self.ui else {})


def memory(group):
    """Resident memory of each process of a group, in MB, by the class that it runs."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2]) != group:
                continue
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            pages = int((entry / "statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            continue
        name = next((w.rsplit(".", 1)[1] for w in words if w.startswith("org.apache.spark.") and w.rsplit(".", 1)[1] != "SparkSubmit"), "keeper")
        found.setdefault(name, []).append(pages * os.sysconf("SC_PAGE_SIZE") // (1 << 20))
    return found


def run(args):
    def stop(number, _frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    with Servers(args.deadline, args.ui, dict(c.split("=", 1) for c in args.conf), args.keep) as servers:
        print(f"servers.py: Spark {VERSION} up in {servers.took:.1f} s at {servers.connect}; logs in {servers.folder}", file=sys.stderr, flush=True)
        child = subprocess.Popen(args.command, env=os.environ | servers.variables())
        try:
            code = child.wait(args.deadline)
        except subprocess.TimeoutExpired:
            print(f"servers.py: the deadline of {args.deadline} s is over", file=sys.stderr)
            code = 124
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
        held = memory(servers.keeper.pid)
        print("servers.py: resident MB at the end: " + ", ".join(f"{k} {'+'.join(map(str, v))}" for k, v in sorted(held.items())), file=sys.stderr)
    return code


def main():
    if sys.argv[1:2] == ["keeper"]:
        return keeper(json.loads(sys.argv[2]))
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = p.add_subparsers(dest="what", required=True)
    commands.add_parser("check", help="install what is missing")
    r = commands.add_parser("run", help="start, run a command, stop")
    r.add_argument("--deadline", type=float, default=DEADLINE, help="seconds after which everything is ended")
    r.add_argument("--ui", action="store_true", help="with Spark's REST interface, for measurements")
    r.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE")
    r.add_argument("--keep", action="store_true", help="keep the logs")
    r.add_argument("command", nargs="+")
    args = p.parse_args()
    try:
        if args.what == "check":
            print(f"Spark {VERSION} in {spark_home()}, Java in {java()}")
            return 0
        return run(args)
    except NotRun as e:
        print(f"NOT RUN: {e}", file=sys.stderr)
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
