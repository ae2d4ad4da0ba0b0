#!/usr/bin/env bash
# Builds the program that holds every fuzz target, with a stable toolchain, and prints where it lies.
#
#   fuzz/build.sh          for long runs: everything tells libFuzzer which edges were taken
#   fuzz/build.sh brief    for the gate: with what is built for the tests; libFuzzer changes inputs without seeing inside
#   fuzz/build.sh clippy   builds nothing, and holds the targets to the lints
#
# rustc has LLVM's pass for that, and only the address sanitizer, which code without `unsafe` does not need, would ask for a
# nightly.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

flags=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
)
shared=${CARGO_TARGET_DIR:-$(realpath ..)/target}

case ${1:-} in
clippy)
    CARGO_TARGET_DIR=$shared cargo clippy --locked --quiet -- -D warnings
    ;;
brief)
    # libFuzzer refuses a program in which nothing is seen.
    CARGO_TARGET_DIR=$shared cargo rustc --locked --quiet --bin all -- "${flags[@]}" >&2
    realpath "$shared/debug/all"
    ;;
*)
    # With a target, build scripts and macros are built without the flags.
    host=$(rustc -vV | sed -n 's/^host: //p')
    RUSTFLAGS="${flags[*]}" cargo build --locked --release --target "$host" --bin all "$@" >&2
    realpath "${CARGO_TARGET_DIR:-target}/$host/release/all"
    ;;
esac
