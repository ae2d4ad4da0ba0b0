#!/usr/bin/env python3
"""The same report without `caveat batch` and without an engine: a `caveat check` of each manifest as a file, counted here.

    count.py fleet.ndjson --caveat PATH --as-of DATE

It is slow, and what the others are held against.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

from aggregate import UNDECLARED, report


def main() -> None:
    parser = argparse.ArgumentParser(description="Counts the findings of a fleet, one manifest at a time.")
    parser.add_argument("fleet", type=Path)
    parser.add_argument("--caveat", default="caveat")
    parser.add_argument("--as-of", required=True)
    args = parser.parse_args()
    checked, fail, unread = 0, 0, 0
    violations = Counter()
    for line in args.fleet.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            unread += 1
            continue
        text = record["text"] if "text" in record else json.dumps(record["manifest"])
        command = [args.caveat, "check", "-", "--format", "json", "--no-config", "--as-of", args.as_of]
        done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
        checked, fail = checked + 1, fail + (done.returncode == 1)
        # Another parser than caveat's says who the owner is.
        governance = yaml.safe_load(text).get("governance") or {}
        for finding in json.loads(done.stdout)["findings"]:
            if finding["verdict"] == "violation" and finding["suppressed"] is None:
                owner = governance.get("owner", UNDECLARED)
                violations.update([(finding["rule"], None, None), (None, owner, None), (None, None, finding["severity"])])
    rows = [(*key, number) for key, number in violations.items()]
    sys.stdout.write(report([("summary", checked, fail), ("error", unread, 0)], rows))


if __name__ == "__main__":
    main()
