#!/usr/bin/env bash
# The fleet, small, by each engine that can be had here: all have to give the report that `caveat check` gives file by file.
#
#   check.sh CAVEAT FOLDER [SECONDS]
#
# FOLDER takes a Python environment. Spark needs Java 17 or later, and may take SECONDS to be installed and run.
set -euo pipefail
caveat=$(realpath "$1")
desk=$(realpath "$2")
seconds=${3:-240}
cd "$(dirname "${BASH_SOURCE[0]}")"
day=2026-11-23
python=$desk/venv/bin/python

pip() {
    timeout "$1" "$python" -m pip install --quiet --disable-pip-version-check -r "$2"
}

python3 -m venv "$desk/venv" || { echo "skipped: python3 with venv is not installed"; exit 77; }
pip 300 requirements.txt || { echo "skipped: the packages of examples/fleet/requirements.txt could not be installed"; exit 77; }
"$python" generate.py 24 >"$desk/fleet.ndjson"
echo '{"id": "cut off' >>"$desk/fleet.ndjson"
"$python" count.py "$desk/fleet.ndjson" --caveat "$caveat" --as-of $day >"$desk/counted.json"

status=0
"$caveat" batch --format summary --no-config --as-of $day <"$desk/fleet.ndjson" >"$desk/summaries.ndjson" || status=$?
[ "$status" -eq 2 ] || { echo "caveat batch ended with $status, and one line cannot be read" >&2; exit 1; }
"$python" embedded.py "$desk/summaries.ndjson" >"$desk/duckdb.json"
diff "$desk/counted.json" "$desk/duckdb.json"
echo "DuckDB: the same report as file by file"

version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' || true)
if [ "${version:-0}" -lt 17 ]; then
    echo "skipped: Spark needs Java 17, and there is ${version:-none}"
    exit 77
fi
begin=$SECONDS
if ! pip "$seconds" requirements-spark.txt; then
    echo "skipped: pyspark was not installed from PyPI within $seconds s"
    exit 77
fi
left=$((seconds - SECONDS + begin))
status=0
timeout "$((left > 1 ? left : 1))" "$python" spark.py "$desk/fleet.ndjson" --caveat "$caveat" --as-of $day >"$desk/spark.json" 2>"$desk/spark.log" || status=$?
if [ "$status" -eq 124 ]; then
    echo "skipped: Spark was not done $seconds s after it began to be installed"
    exit 77
fi
[ "$status" -eq 0 ] || { cat "$desk/spark.log" >&2; exit "$status"; }
diff "$desk/counted.json" "$desk/spark.json"
echo "Spark in local-cluster mode: the same report as file by file"
