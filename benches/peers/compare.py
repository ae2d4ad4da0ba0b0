#!/usr/bin/env python3
"""Checks that all engines give the same findings, then measures them in turns, and prints tables in Markdown.

  compare.py TOOLS [--quick]

`run.sh` installs what TOOLS holds and calls this. An engine that is not there is left out, and so is one that does not
do the work or takes longer than it may.
"""

import collections
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DAY = "2026-11-23"
OURS = "**caveat, ten rules**"
TIMEOUT = 142  # 128 and SIGALRM
LARGE = "100000000"  # bytes: the largest grown manifest is beyond caveat's default

Engine = collections.namedtuple("Engine", "name program command read done")
"""`command` makes the arguments from a path; `read` makes `(file, rule) -> count` from the output, or is None; `done` are
the statuses of a run that did its work."""

Plan = collections.namedtuple("Plan", "rounds least seconds limit")
"""How often each engine runs, at least, unless it has taken so many seconds together; and the most for one run."""


# Findings, from what an engine prints.


def from_lines(text):
    """`FILE RULE …`, as our two runners and expected.py print them; expected.py with the count."""
    counts = collections.Counter()
    for line in text.splitlines():
        file, rule, rest = (line.split(" ", 2) + [""])[:3]
        counts[file, rule] += int(rest) if rest.isdecimal() else 1
    return counts


def from_caveat(text):
    found = re.findall(r"^(\S+?):\d+:\d+: (?:critical|high|medium|low|info) (PEER\d+) ", text, flags=re.M)
    return collections.Counter((os.path.basename(file), rule) for file, rule in found)


def from_guard(text):
    counts = collections.Counter()
    for report in json.loads(text):
        for entry in report["not_compliant"]:
            rule = entry["Rule"]
            counts[os.path.basename(report["name"]), rule["name"]] += len(rule["checks"])
    return counts


def from_spectral(text):
    return collections.Counter((os.path.basename(found["source"]), found["code"]) for found in json.loads(text))


def engines(tools):
    caveat = f"{tools}/caveat"
    regorus = f"{tools}/regorus/release/peers-regorus"
    policy = str(HERE / "rules/policy.rego")
    check = [caveat, "check", "--no-config", "--as-of", DAY, "--max-file-size", LARGE]
    ours = [*check, "--rules", str(HERE / "rules/caveat"), "--select", "PEER"]
    spectral = f"{tools}/spectral/node_modules/.bin/spectral"
    lint = [spectral, "lint", "--quiet", "--format", "json", "--ruleset", str(HERE / "rules/spectral.yaml")]
    guard = f"{tools}/guard/bin/cfn-guard"
    validate = [guard, "validate", "--structured", "-o", "json", "-S", "none", "-r", str(HERE / "rules/rules.guard"), "-d"]
    library = f"{tools}/opa/opa_bindings/libopabridge.so"
    everything = [
        Engine("an empty process", f"{tools}/empty", lambda path: [f"{tools}/empty"], None, {0}),
        Engine(OURS, caveat, lambda path: [*ours, "--format", "compact", path], from_caveat, {0, 1}),
        Engine("caveat, ten rules, with the source of each finding", caveat, lambda path: [*ours, path], None, {0, 1}),
        Engine("caveat, all built-in rules", caveat, lambda path: [*check, "--format", "compact", path], None, {0, 1}),
        Engine("regorus, interpreter", regorus, lambda path: [regorus, "interpreter", policy, path], from_lines, {0}),
        Engine("regorus, virtual machine", regorus, lambda path: [regorus, "rvm", policy, path], from_lines, {0}),
        Engine("regorus, reading only", regorus, lambda path: [regorus, "parse", policy, path], None, {0}),
        Engine("cfn-guard", guard, lambda path: [*validate, path], from_guard, {0, 19}),
        Engine("OPA", f"{tools}/opa-engine", lambda path: [f"{tools}/opa-engine", library, policy, path], from_lines, {0}),
        Engine("Spectral", spectral, lambda path: [*lint, f"{path}/*.yaml" if os.path.isdir(path) else path], from_spectral, {0, 1}),
    ]
    return [engine for engine in everything if os.path.exists(engine.program)]


# Running.

Run = collections.namedtuple("Run", "status wall cpu peak")


def run(tools, engine, path, output, limit):
    """One whole process, its findings written to a file. Milliseconds and MiB."""
    command = [f"{tools}/measure", str(limit), *engine.command(path)]
    with open(output, "wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
    status, wall, cpu, peak = map(int, done.stderr.split()[-4:])
    return Run(status, wall / 1000, cpu / 1000, peak / 1024)


def expectation(path):
    """What expected.py says."""
    reference = subprocess.run([sys.executable, str(HERE / "expected.py"), path], stdout=subprocess.PIPE, text=True, check=True)
    return from_lines(reference.stdout)


def refusal(engine, result, output, limit):
    """Why a run says nothing about speed; none where the engine did all of its work."""
    if result.status == TIMEOUT:
        return f"over {limit} s"
    mistake = re.search(r": error (E\d+) ", output) if engine.program.endswith("/caveat") else None
    if mistake:
        return mistake[1]
    return None if result.status in engine.done else f"status {result.status}"


def require(engine, found, expected, path):
    """Stops where an engine does not find what it should."""
    wrong = [key for key in sorted(found.keys() | expected.keys()) if found[key] != expected[key]]
    for key in wrong[:10]:
        print(*key, f"{engine.name}: {found[key]}, expected: {expected[key]}", file=sys.stderr)
    if wrong:
        sys.exit(f"{engine.name} does not agree with expected.py on {path}")


def measure(tools, path, plan, left_out):
    """Rounds in each of which every engine runs once; its first findings are compared with the expected ones. An engine
    that has had its share of the time sits out the rest, one that cannot do the work is added to `left_out`."""
    runs, agreed, expected = collections.defaultdict(list), [], expectation(path)
    output = pathlib.Path(tools) / "work/output"
    for _ in range(plan.rounds):
        for engine in engines(tools):
            done = runs[engine.name]
            if engine.name in left_out or len(done) >= plan.least and sum(run.wall for run in done) > 1000 * plan.seconds:
                continue
            result = run(tools, engine, path, output, plan.limit)
            if not done:
                text = output.read_text(encoding="utf-8")
                left_out[engine.name] = refusal(engine, result, text, plan.limit)
                if left_out[engine.name]:
                    continue
                del left_out[engine.name]
                if engine.read:
                    require(engine, engine.read(text), expected, path)
                    agreed.append(engine.name.strip("*"))
            done.append(result)
    print(f"{pathlib.Path(path).name}: {sum(expected.values()):,} findings, the same from {'; '.join(agreed)}", file=sys.stderr)
    return runs


# Tables.


def median(results, of):
    return statistics.median(getattr(result, of) for result in results)


def table(title, runs, left_out, order):
    """One row for each engine; ratios are to OURS, by wall and by processor time."""
    print(f"\n{title}\n\n| engine | ms, median | ms, least | ratio | processor, ms | ratio | peak, MiB | runs |\n|---|{'--:|' * 7}")
    for name in order:
        results = runs.get(name)
        if not results:
            print(f"| {name} | {left_out.get(name)} |{'  |' * 6}")
            continue
        cells = []
        for of in ("wall", "cpu"):
            cells.append(number(median(results, of)))
            if of == "wall":
                cells.append(number(min(result.wall for result in results)))
            cells.append(f"{median(results, of) / median(runs[OURS], of):.2f}" if runs.get(OURS) else "")
        cells += [number(max(result.peak for result in results)), str(len(results))]
        print(f"| {name} | {' | '.join(cells)} |")


def growth(title, sizes, measured, left_out, order, of):
    """One column for each size. An engine that was left out at one size was not tried at the next."""
    print(f"\n{title}\n\n| engine | {' | '.join(f'{size:,} nodes' for size in sizes)} |\n|---|{'--:|' * len(sizes)}")
    for name in order:
        cells, reason = [], left_out.get(name, "")
        for runs in measured:
            if runs.get(name):
                cells.append(number(median(runs[name], of)))
            else:
                cells.append(reason)
                reason = ""
        print(f"| {name} | {' | '.join(cells)} |")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def generate(*args):
    subprocess.run([sys.executable, str(HERE / "generate.py"), *map(str, args)], check=True)


def main(tools, quick):
    work = pathlib.Path(tools) / "work"
    work.mkdir(exist_ok=True)
    count, sizes = (50, [100, 1000]) if quick else (1000, [100, 1000, 10000, 100000])
    plan = Plan(3, 1, 1, 20) if quick else Plan(20, 3, 10, 60)
    one, many = str(HERE / "manifest.yaml"), str(work / f"variants-{count}")
    generate(count, many)
    order = [engine.name for engine in engines(tools)]
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning")
    left_out = {}
    table("One manifest:", measure(tools, one, plan, left_out), left_out, order)
    left_out = {}
    table(f"{count:,} manifests:", measure(tools, many, plan._replace(least=1), left_out), left_out, order)
    left_out, measured = {}, []
    for size in sizes:
        path = str(work / f"nodes-{size}.caveat.yaml")
        generate("--nodes", size, path)
        measured.append(measure(tools, path, plan._replace(rounds=3, least=1, limit=20), left_out))
    growth("One manifest that grows, median of wall time in ms:", sizes, measured, left_out, order, "wall")
    growth("The same, processor time in ms:", sizes, measured, left_out, order, "cpu")
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--quick"]):
        sys.exit(__doc__)
    main(str(pathlib.Path(sys.argv[1]).resolve()), len(sys.argv) == 3)
