#!/usr/bin/env bash
# Runs hooks, action, template and the blocks of docs/ci.md as far as a machine without the services can:
# check.sh FOLDER-WITH-CAVEAT. The tools of requirements.txt are on the PATH.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
PATH=$1:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=$work/gitconfig
git config --global user.name pipeline
git config --global user.email pipeline@example.org
git config --global init.defaultBranch main
unset GITHUB_STEP_SUMMARY
clean=$root/fixtures/tax-assistant-clean.yaml
bad=$root/fixtures/tax-assistant.yaml

say() { printf '%s\n' "  $1"; }
# Runs a command that has to end with a status.
expect() {
    local status=0 wanted=$1
    shift
    "$@" >"$work/out" 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ]; then
        cat "$work/out" >&2
        echo "status $status, expected $wanted: $*" >&2
        return 1
    fi
}
# A repository with a manifest that is committed.
repository() {
    rm -rf "$work/repo"
    mkdir "$work/repo"
    cd "$work/repo"
    git init --quiet
    cp "$1" caveat.yaml
    git add .
    git commit --quiet --message first
}

python3 "$root/tests/pipelines/blocks.py" "$root/docs/ci.md" "$work"

say "hooks: the manifest of hooks and the installed variant, by pre-commit itself"
cd "$root"
expect 0 pre-commit validate-manifest .pre-commit-hooks.yaml
for config in "$work"/pre-commit-*.yaml; do
    expect 0 pre-commit validate-config "$config"
done
repository "$clean"
cat >.pre-commit-config.yaml <<Y
repos:
  - repo: local
    hooks:
      - {id: caveat, name: caveat, language: system, require_serial: true, types: [text], entry: "$(sed -n 's/^  entry: //p' "$root/.pre-commit-hooks.yaml" | head -1)", files: '$(sed -n 's/^  files: //p' "$root/.pre-commit-hooks.yaml" | head -1)'}
Y
echo "not: [a manifest" >notes.yaml
echo "fail_on: high" >.caveat.yaml
git add .
expect 0 pre-commit run --all-files
grep -q Passed "$work/out"
cp "$bad" caveat.yaml
git add .
expect 1 pre-commit run --all-files
grep -q LEAK001 "$work/out"
git rm --quiet --cached caveat.yaml
rm caveat.yaml
git add .
expect 0 pre-commit run --all-files
grep -q "no files to check" "$work/out"

say "hooks: the one for git alone"
repository "$clean"
cp "$work"/hook-*.sh .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
echo "# a comment" >>caveat.yaml
git add .
expect 0 git commit --message fine
cp "$bad" caveat.yaml
git add .
expect 1 git commit --message refused

say "tutorial: its hook by pre-commit itself, its workflow against the schema"
repository "$clean"
python3 "$root/tests/pipelines/written.py" "$root/docs/tutorial.md"
expect 0 pre-commit validate-config .pre-commit-config.yaml
expect 0 check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
rm .caveat.yaml
git add .
expect 0 pre-commit run --all-files
grep -q Passed "$work/out"
cp "$bad" caveat.yaml
git add .
expect 1 pre-commit run --all-files
grep -q LEAK001 "$work/out"

say "action: against its schema, and its steps as the runner runs them"
expect 0 check-jsonschema --builtin-schema vendor.github-actions "$root/action.yml"
check() {
    : >"$work/output"
    PATHS=. ARGUMENTS="$1" RUNNER_TEMP=$work GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary \
        expect 0 bash --noprofile --norc -eo pipefail -c "$(python3 "$root/tests/pipelines/step.py" "$root/action.yml" Check)"
}
status() {
    STATUS=$(sed -n 's/^status=//p' "$work/output") \
        expect "$1" bash --noprofile --norc -eo pipefail -c "$(python3 "$root/tests/pipelines/step.py" "$root/action.yml" Status)"
}
repository "$bad"
check ""
grep -q '^::error file=caveat.yaml' "$work/out"
grep -q '^# caveat' "$work/summary"
test -s "$(sed -n 's/^sarif=//p' "$work/output")"
status 1
check "--fail-on never"
status 0
check "--select NOTHING"
status 2
rm caveat.yaml
check ""
status 3
repository "$clean"
# What is in an input is never run.
# shellcheck disable=SC2016
PATHS='. $(touch pwned) `touch pwned`' check "; touch pwned"
test ! -e pwned

say "workflows: against their schema"
for workflow in "$work"/workflow-*.yaml "$root/.github/workflows/ci.yml"; do
    expect 0 check-jsonschema --builtin-schema vendor.github-workflows "$workflow"
done

say "GitLab: against its schema, and its script"
expect 0 check-jsonschema --builtin-schema vendor.gitlab-ci "$root/ci/gitlab.yml"
for page in "$work"/gitlab-*.yaml; do
    expect 0 check-jsonschema --builtin-schema vendor.gitlab-ci "$page"
done
repository "$bad"
script=$(python3 -c 'import sys, yaml; print("\n".join(yaml.safe_load(open(sys.argv[1]))["caveat"]["script"]))' "$root/ci/gitlab.yml")
CAVEAT_ARGUMENTS="" expect 1 bash -eo pipefail -c "$script"
python3 - <<'P'
import json
from junitparser import JUnitXml
issues = json.load(open("gl-code-quality-report.json"))
assert issues and all(issue["location"]["path"] == "caveat.yaml" for issue in issues if issue["check_name"][0] != "u"), issues[:2]
report = JUnitXml.fromfile("caveat-junit.xml")
said = (report.tests, report.failures, report.errors)
report.update_statistics()
assert said == (report.tests, report.failures, report.errors), said
P

say "shell: several formats, and a baseline for what is there"
for block in "$work"/shell-*.sh; do
    expect 1 sh -e "$block"
    test -s caveat.sarif && test -s caveat.xml && test -s caveat.md
done
repository "$bad"
expect 1 caveat check
for block in "$work"/baseline-*.sh; do
    expect 0 sh -e "$block"
done
expect 0 caveat check

say "scripts and image: by shellcheck and hadolint"
expect 0 shellcheck "$root/tests/pipelines/check.sh" "$root/.ci/run" "$root/benches/run.sh" "$work"/*.sh --exclude=SC2148
expect 0 hadolint "$root/Dockerfile"
