#!/usr/bin/env bash
# Counts the instructions of whole processes under callgrind, against a program that does nothing.
# Counts repeat for one binary on one machine whatever else runs, which wall time does not.
#   benches/run.sh           prints the figures
#   benches/run.sh --check   also compares with benches/baseline.txt and fails above its tolerance, and fails where what
#                            follows from a manifest costs more than its size accounts for
#   benches/run.sh --bless   writes the baseline
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-}
cargo build --locked --quiet --release --bin caveat --example empty
target=${CARGO_TARGET_DIR:-target}/release
fixture=fixtures/tax-assistant.yaml
tolerance=15 # per cent: room for another libc or compiler patch, not for another algorithm

count() { # name, command…
  local name=$1 out
  shift
  out=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null || true)
  printf '%s %s\n' "$name" "$(sed -n 's/.*Collected : //p' <<<"$out")"
}

figures=$(
  count empty "$target/examples/empty"
  count version "$target/caveat" --version
  count check-text "$target/caveat" check "$fixture" --as-of 2026-11-23
  count check-json "$target/caveat" check "$fixture" --as-of 2026-11-23 --format json
  count check-sarif "$target/caveat" check "$fixture" --as-of 2026-11-23 --format sarif
)
# What follows from a manifest of eight times the entries costs at most nine times as much.
grown=$(mktemp -d)
trap 'rm -r "$grown"' EXIT
growth=$(
  for copies in 8 64; do
    benches/grow.py "$fixture" "$copies" >"$grown/$copies.yaml"
    count "facts-$copies" "$target/caveat" facts "$grown/$copies.yaml" --as-of 2026-11-23 --format json
  done
)
printf '%s\n' "$figures" "$growth" | awk '{printf "%-12s %8.2f M instructions\n", $1, $2 / 1e6}'

case $mode in
  --bless) printf '%s\n' "$figures" >benches/baseline.txt ;;
  --check)
    while read -r name before; do
      now=$(awk -v n="$name" '$1 == n {print $2}' <<<"$figures")
      if [ "$now" -gt $((before + before * tolerance / 100)) ]; then
        echo "$name: $now instructions, more than $tolerance % above the baseline of $before" >&2
        exit 1
      fi
    done <benches/baseline.txt
    echo "within $tolerance % of the baseline"
    awk '{cost[NR] = $2} END {printf "facts of eight times the entries: %.2f times the cost\n", cost[2] / cost[1]
         exit cost[2] > 9 * cost[1]}' <<<"$growth"
    ;;
esac
