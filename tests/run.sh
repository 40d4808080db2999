#!/usr/bin/env bash
# All checks, from a fresh clone: installs what it needs (each with a check first), then format, lints, supply chain, tests, documentation, the
# comparison of every cell with an independent oracle on another engine, with statements of gmv sql on DuckDB and Spark, and with the peers of
# the benchmark, faults, fuzzing, the report in a browser, simulations of comparisons, and how many instructions each stage takes.
set -euo pipefail
cd "$(dirname "$0")/.."

# Kept outside of the checkout, so that a fresh clone starts warm.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/gmv"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
mkdir -p "$cache"

step() { printf '\n== %s\n' "$*"; }

debian() { # debian COMMAND PACKAGE…: installs packages unless the command is there
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"
  else
    echo "tests/run.sh: $command is missing; install it (Debian: $*)" >&2
    exit 1
  fi
}

step "tools"
debian cc gcc libc6-dev
debian python3 python3 python3-venv
# Instructions are counted where their record is from; tests/instructions.py says so where it is not.
[ "$(uname -sm)" != "Linux x86_64" ] || debian valgrind valgrind
debian groff groff
# The messages of Spark Connect are made from their definitions.
debian protoc protobuf-compiler
debian chromium chromium
# Fonts are no command: asking for one that no package has installs them.
fc-list :lang=zh 2>/dev/null | grep -q . || debian no-such-command fonts-noto-cjk fontconfig
if ! command -v cargo >/dev/null; then
  echo "tests/run.sh: cargo is missing; install Rust (https://rustup.rs), version 1.95 or later" >&2
  exit 1
fi
oracle="$cache/oracle"
if ! "$oracle/bin/python" -c 'import duckdb; assert duckdb.__version__.startswith("2.")' 2>/dev/null; then
  # Debian keeps venv apart from python3: asking for a command that no package has installs it.
  python3 -m venv "$oracle" 2>/dev/null || { debian no-such-command python3-venv; python3 -m venv "$oracle"; }
  "$oracle/bin/pip" install --quiet 'duckdb==2.0.*'
fi

step "format"
cargo fmt --check

step "lints"
cargo clippy --quiet --all-targets --all-features --locked -- -D warnings

step "supply chain: licences, versions, sources, known vulnerabilities"
deny="$cache/tools/bin/cargo-deny"
"$deny" --version 2>/dev/null | grep -q ' 0\.20\.' ||
  CARGO_TARGET_DIR="$cache/tools/build" cargo install --quiet --locked --debug --root "$cache/tools" --version '0.20.*' cargo-deny
rm -rf "$cache/tools/build"
"$deny" check licenses bans sources
if timeout 300 "$deny" fetch db; then
  "$deny" check advisories
else
  echo "NOT CHECKED: known vulnerabilities, withdrawn and unmaintained versions: the advisory database cannot be reached from here"
fi

step "tests"
# A fixed seed, so that a run says the same twice; without it each run draws new worlds.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261121}"
cargo test --all-features --locked

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --all-features --locked

step "oracle: a million sessions, every cell against DuckDB"
cargo build --quiet --release --locked
gmv="$CARGO_TARGET_DIR/release/gmv"
sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
"$gmv" sample --sessions 1000000 --streamers 300 --weeks 8 --seed 11 --out "$sample" --quiet
"$oracle/bin/python" tests/oracle/compare.py --gmv "$gmv" \
  --orders "$sample/orders.csv" --sessions "$sample/sessions.csv" --streamers "$sample/streamers.csv" --lives "$sample/lives.csv"
"$oracle/bin/python" tests/oracle/handworked.py --gmv "$gmv"
"$oracle/bin/python" tests/oracle/store.py --gmv "$gmv" --orders "$sample/orders.csv" --sessions "$sample/sessions.csv"

step "sql: statements on DuckDB against this machine, every cell of clean and dirty shops"
"$oracle/bin/python" tests/spark/equality.py --gmv "$gmv" --engines duckdb --parts sums,rows,rates,cohorts
"$oracle/bin/python" tests/spark/equality.py --gmv "$gmv" --engines duckdb --parts influences --quick

step "sql: the same on a real Spark (a few of them; all: docs/sql.md)"
debian java openjdk-17-jre-headless
spark=0
python3 tests/spark/servers.py check &&
  timeout 1500 "$oracle/bin/python" tests/spark/equality.py --gmv "$gmv" --engines spark --parts sums,rows --worlds dirty,lines,spring,guises,typed,floats,words --only 2,3 || spark=$?
case $spark in
  0) ;;
  77) echo "NOT RUN: statements on Spark, since Java or pyspark cannot be had here" ;;
  *) exit "$spark" ;;
esac

step "engine: a cluster against this machine (a few commands; all of them: docs/engine.md)"
# A program that was built without it says so.
("$gmv" decompose --engine sc://localhost --orders-table o --attribution all 2>&1 || true) | grep -q 'built without Spark'
spark=0
timeout 1500 "$oracle/bin/python" tests/spark/engine.py --gmv "$CARGO_TARGET_DIR/debug/gmv" --quick --only same,lists,about,report,errors,killed || spark=$?
case $spark in
  0) ;;
  77) echo "NOT RUN: --engine on Spark, since Java or pyspark cannot be had here" ;;
  *) exit "$spark" ;;
esac

step "faults: kills, signals, limits, clocks, exports that change (a few of each; all of them: docs/reliability.md)"
debian faketime faketime
"$oracle/bin/python" tests/faults/faults.py --gmv "$gmv" --only kill,told,sizes,handles,clock,changing

step "fuzzing: every target for some seconds (longer runs: fuzz/README.md)"
debian c++ g++
fuzz/short.sh

step "the page of the report in a browser (no times are judged)"
python="$oracle/bin/python"
"$python" -c 'import playwright, axe_playwright_python' 2>/dev/null || "$oracle/bin/pip" install --quiet 'playwright==1.*' 'axe-playwright-python==0.1.*'
"$python" tests/browser/report_test.py "$gmv" --chromium "$(command -v chromium)"

step "peers of the benchmark: a small sample, every cell (no times are judged)"
"$python" -c 'import polars; assert polars.__version__.startswith("2.")' 2>/dev/null || "$oracle/bin/pip" install --quiet 'polars==2.1.*'
"$python" -c 'import chdb; assert chdb.__version__.startswith("4.")' 2>/dev/null || "$oracle/bin/pip" install --quiet 'chdb==4.4.*'
"$python" benches/peers/run.py --sessions 100000 --rounds 1 --smoke --gmv "$gmv" --python "$python" --data "$sample/peers"

step "simulations: a few seeds, whether effects are those of the sums (no coverage is judged)"
"$python" benches/simulations/run.py --smoke --gmv "$gmv"
"$python" benches/simulations/slices.py --smoke --gmv "$gmv"

step "instructions of each stage: within a twentieth of those recorded (no times are judged)"
"$python" tests/instructions.py --gmv "$gmv"

step "all checks passed"
