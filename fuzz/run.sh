#!/usr/bin/env bash
# Runs fuzz targets, one after the other, and ends with the first find.
#
#   fuzz/run.sh SECONDS [TARGET...]
#
# What is found lies in fuzz/artifacts; `fuzz/run.sh` prints how to run it again. What was learned stays in fuzz/corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
seconds=${1:?seconds for each target}
shift
targets=("$@")
[ $# -gt 0 ] || targets=(tree manifest structure condition rule_file configuration evidence fixes overlay licence)

./seeds.sh
built=$(./build.sh)
for target in "${targets[@]}"; do
    mkdir -p "artifacts/$target"
    log=artifacts/$target/log
    words=()
    case $target in tree | manifest | rule_file | configuration | evidence | fixes) words=(-dict=words.dict) ;; esac
    # A fixed seed: what a run finds, it finds again.
    if ! "$built/$target" "corpus/$target" "${words[@]}" -seed=1 -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 \
        -max_len=16384 -print_final_stats=1 -artifact_prefix="artifacts/$target/" >"$log" 2>&1; then
        grep -aE 'panicked|ERROR|Test unit' -A2 "$log" >&2 || tail -20 "$log" >&2
        echo "again: $built/$target FILE" >&2
        exit 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)
    echo "$target: $executions executions, $coverage"
done
