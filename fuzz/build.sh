#!/usr/bin/env bash
# Builds the fuzz targets with a stable toolchain. libFuzzer needs to be told which edges were taken: rustc has LLVM's
# pass for that, and only the address sanitizer, which code without `unsafe` does not need, would ask for a nightly.
#
#   fuzz/build.sh [ARGUMENTS OF CARGO BUILD]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

flags=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
)
# With a target, build scripts and macros are built without the flags.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="${flags[*]}" cargo build --locked --release --target "$host" "$@" >&2
realpath "target/$host/release"
