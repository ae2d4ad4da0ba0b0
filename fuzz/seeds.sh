#!/usr/bin/env bash
# Writes what fuzzing begins with to fuzz/corpus: the fixtures, the rules, their conditions and examples, and the blocks of
# the documentation. Nothing of it is kept in the repository, since all of it is there already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
corpus=fuzz/corpus

for target in tree manifest structure condition rule_file configuration evidence fixes overlay licence; do
    mkdir -p "$corpus/$target"
done

cp fixtures/*.yaml tests/consumers/*.yaml "$corpus/tree"
cp fixtures/*.yaml tests/consumers/*.yaml "$corpus/manifest"
cp fixtures/*.yaml "$corpus/fixes"
cp rules/[!e]*/*.yaml rules/evidence/*.yaml "$corpus/rule_file"

# Examples of rules, each a file: blocks under `- fails: |`, `- passes: |` and so on.
# Files of evidence in them are blocks of their own.
awk -v corpus="$corpus" '
    function finish() { if (out != "") close(out); out = "" }
    { match($0, /^ */); depth = RLENGTH }
    out != "" && NF && depth < inside { finish() }
    out != "" { print substr($0, inside + 1) > out; next }
    /: \|$/ && FNR > 1 {
        key = $0; sub(/: \|$/, "", key); sub(/^[ -]*/, "", key); gsub(/"/, "", key)
        inside = depth + ($0 ~ /^ *- / ? 4 : 2); n++
        if (key ~ /^(fails|passes|unknown|info|manifest)$/) out = corpus "/manifest/example-" n
        else if (key ~ /[.]|file/) out = corpus "/evidence/example-" n
    }
' rules/*/*.yaml
cp "$corpus"/manifest/example-*[05] "$corpus/fixes"

# Conditions on one line.
awk -v corpus="$corpus" '/^(when|where|unknown_when): [^>|]/ { n++; out = corpus "/condition/" n; sub(/^[a-z_]*: /, ""); sub(/ +#.*/, ""); gsub(/^"|"$/, ""); printf "%s", $0 > out; close(out) }' rules/*/*.yaml

# Blocks of the documentation.
awk -v corpus="$corpus" '/^```yaml/ { n++; out = corpus "/configuration/" n; next } /^```/ { if (out != "") close(out); out = ""; next } out != "" { print > out }' docs/configuration.md
awk -v corpus="$corpus" '/^```yaml/ { n++; out = corpus "/evidence/page-" n; next } /^```/ { if (out != "") close(out); out = ""; next } out != "" { print > out }' docs/evidence.md docs/tutorial.md docs/auditing.md

n=0
for expression in MIT "Apache-2.0 AND (MIT OR llama3.1)" "GPL-2.0-only WITH Classpath-exception-2.0" "(((a)))" "a or b AND c"; do
    n=$((n + 1))
    printf '%s' "$expression" >"$corpus/licence/$n"
done
n=0
for change in workload.users.current=25000 'hosting[0].replicas={min: 2}' models.taxmate-8b.license=MIT 'system.launch=2027-01-01'; do
    n=$((n + 1))
    printf '%s\n' "$change" >"$corpus/overlay/$n"
    printf '%s' "$change" >"$corpus/overlay/bare-$n"
done
# Changes of a manifest are five bytes each; any will do.
for n in 1 2 3 4 5 6; do
    head -c $((n * 50)) "fixtures/tax-assistant.yaml" | tail -c 50 >"$corpus/structure/$n"
done
