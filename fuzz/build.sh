#!/usr/bin/env bash
# Builds targets, all of them unless some are named, with the flags of cargo-fuzz, and prints the folder of the programs. Any toolchain will
# do: coverage comes from LLVM. fuzz/build.sh [asan] [TARGET…]; `asan` builds with AddressSanitizer, which needs a nightly toolchain.
set -euo pipefail
cd "$(dirname "$0")"

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}"
triple=$(rustc -vV | sed -n 's/^host: //p')
# Edges, not indirect calls (4). Nor trace-compares: on these targets, whose words are structured, it took two thirds of the time.
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3"
for one in inline-8bit-counters pc-table; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$one"
done
flags+=" -Cllvm-args=-simplifycfg-branch-fold-threshold=0 --cfg fuzzing"
toolchain=()
if [ "${1:-}" = asan ]; then
  shift
  toolchain=(+nightly)
  flags+=" -Zunstable-options -Zsanitizer=address"
  CARGO_TARGET_DIR+=/asan
fi
programs=(--bins)
if [ $# -gt 0 ]; then
  programs=()
  for target in "$@"; do programs+=(--bin "$target"); done
fi
# The triple keeps the flags from build scripts.
RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo "${toolchain[@]}" build --quiet --release --locked "${programs[@]}" --target "$triple" >&2
echo "$CARGO_TARGET_DIR/$triple/release"
