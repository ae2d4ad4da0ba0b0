"""What both engines compute, in their common SQL, and the report that is made of it, so that they can be compared.

`records` are what `caveat batch --format summary` writes; `violations` has a row for each manifest, rule and severity, with
the manifest's owner.
"""

import json

# Manifests checked, and lines that could not be read; how many of the former fail.
LINES = "select type, count(*), count_if(coalesce(fails, false)) from records group by type"

# Violations by rule, by owner and by severity: of each row, one column is not null.
VIOLATIONS = "select rule, owner, severity, sum(number) from violations group by grouping sets ((rule), (owner), (severity))"

UNDECLARED = "(undeclared)"


def report(lines, violations) -> str:
    """The rows of both queries as JSON, keys sorted."""
    counts = {kind: (int(count), int(fails)) for kind, count, fails in lines}
    (checked, fail), (unread, _) = counts.get("summary", (0, 0)), counts.get("error", (0, 0))
    tables = {"rule": {}, "owner": {}, "severity": {}}
    for *keys, number in violations:
        name, key = next((name, key) for name, key in zip(tables, keys) if key is not None)
        tables[name][key] = int(number)
    whole = {"checked": checked, "fail": fail, "unread": unread, "violations": tables}
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"
