#!/usr/bin/env bash
# Builds all targets with the flags of cargo-fuzz, and prints the folder of the programs. Any toolchain will do: coverage comes from LLVM.
# fuzz/build.sh asan builds them with AddressSanitizer, which needs a nightly toolchain.
set -euo pipefail
cd "$(dirname "$0")"

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}"
triple=$(rustc -vV | sed -n 's/^host: //p')
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
# Not trace-compares: on these targets, whose words are structured, it took two thirds of the time.
for one in inline-8bit-counters pc-table stack-depth; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$one"
done
flags+=" -Cllvm-args=-simplifycfg-branch-fold-threshold=0 --cfg fuzzing -Cdebug-assertions"
toolchain=()
if [ "${1:-}" = asan ]; then
  toolchain=(+nightly)
  flags+=" -Zunstable-options -Zsanitizer=address"
  CARGO_TARGET_DIR+=/asan
fi
# The triple keeps the flags from build scripts.
RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo "${toolchain[@]}" build --quiet --release --locked --bins --target "$triple" >&2
echo "$CARGO_TARGET_DIR/$triple/release"
