#!/usr/bin/env bash
# Runs fuzz targets, one after the other, and ends with the first find.
#
#   fuzz/run.sh SECONDS [TARGET...]   so long each
#   fuzz/run.sh brief [TARGET...]     a few hundred inputs each, for the gate
#
# What is found lies in fuzz/artifacts; `fuzz/run.sh` prints how to run it again. What was learned stays in fuzz/corpus.
# FUZZ_TIMEOUT is the seconds after which one input counts as a find; a machine that is busy needs more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
length=${1:?seconds for each target, or brief}
shift
targets=("$@")
[ $# -gt 0 ] || targets=(tree manifest structure condition rule_file configuration evidence fixes overlay licence)

./seeds.sh
if [ "$length" = brief ]; then program=$(./build.sh brief); else program=$(./build.sh); fi
for target in "${targets[@]}"; do
    mkdir -p "artifacts/$target"
    corpus=corpus/$target
    log=artifacts/$target/log
    # A fixed seed: what a run finds, it finds again.
    options=(-seed=1 "-timeout=${FUZZ_TIMEOUT:-$([ "$length" = brief ] && echo 120 || echo 20)}" -rss_limit_mb=1024 -print_final_stats=1 "-artifact_prefix=artifacts/$target/")
    case $target in tree | manifest | rule_file | configuration | evidence | fixes) options+=(-dict=words.dict) ;; esac
    # Whole manifests are slow to change and to mend; what is found is found in small ones.
    case $target in
    fixes | structure | condition | overlay | licence) options+=(-max_len=2048) ;;
    *) options+=(-max_len=16384) ;;
    esac
    if [ "$length" = brief ]; then
        # Every so many seeds, and none of what was learned.
        corpus=corpus/brief-$target
        rm -rf "${corpus:?}"
        mkdir "$corpus"
        find "corpus/$target" -type f -size -4k | LC_ALL=C sort | awk '{ all[NR] = $0 } END { n = NR < 16 ? NR : 16; for (i = 0; i < n; i++) print all[int(i * NR / n) + 1] }' |
            while read -r seed; do cp "$seed" "$corpus"; done
        options+=(-runs=300 -max_total_time=8)
    else
        options+=("-max_total_time=$length")
    fi
    if ! CAVEAT_FUZZ=$target "$program" "$corpus" "${options[@]}" >"$log" 2>&1; then
        grep -aE 'panicked|ERROR|Test unit' -A2 "$log" >&2 || tail -20 "$log" >&2
        echo "again: CAVEAT_FUZZ=$target $program FILE" >&2
        exit 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)
    echo "$target: $executions executions, $coverage"
done
