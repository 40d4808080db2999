#!/usr/bin/env bash
# A short run of every target: over its kept corpus, and on from there for some seconds or runs, by a fixed seed. One line for each; fails
# on any finding. fuzz/short.sh [TARGET…] [-- SECONDS RUNS]; FUZZ_CORPUS names a folder for what is found to reach anything new.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=() seconds=5 runs=20000
while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
if [ $# -gt 1 ]; then seconds=$2 runs=${3:-$runs}; fi
if [ ${#targets[@]} = 0 ]; then
  for file in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

export CARGO_TARGET_DIR="${FUZZ_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/gmv/fuzz}"
programs=$(fuzz/build.sh "${targets[@]}")
# Targets write small files all the time.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/found"
failed=()
printf '%-10s %10s %8s %8s %8s\n' target executions per-s kept reached
for target in "${targets[@]}"; do
  log="$work/$target.log" kept="$work/kept/$target"
  python3 fuzz/seeds.py unpack "$target" "$kept"
  corpus="${FUZZ_CORPUS:-$work/new}/$target"
  mkdir -p "$corpus"
  if ! "$programs/$target" -seed=1 -runs="$runs" -max_total_time="$seconds" -max_len=700 -timeout=60 -rss_limit_mb=4096 \
    -entropic=0 -reduce_inputs=0 -print_final_stats=1 -artifact_prefix="$work/found/$target-" "$corpus" "$kept" </dev/null >"$log" 2>&1; then
    failed+=("$target")
    tail -n 40 "$log" >&2
  fi
  stat() { sed -n "s/^stat::$1: *//p" "$log"; }
  reached=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)
  printf '%-10s %10s %8s %8s %8s\n' "$target" "$(stat number_of_executed_units)" "$(stat average_exec_per_sec)" \
    "$(find "$kept" -type f | wc -l)" "${reached:--}"
done
for found in "$work"/found/*; do
  [ -e "$found" ] || continue
  # As a line of fuzz/seeds/TARGET-found.txt it is tried from then on.
  echo "found by $(basename "$found"), in base64: $(base64 -w0 "$found")" >&2
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "fuzz/short.sh: findings in ${failed[*]}" >&2
  exit 1
fi
