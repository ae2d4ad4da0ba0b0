#!/usr/bin/env python3
"""A fleet on one machine: `caveat batch` checks, DuckDB adds up.

    caveat batch --format summary < fleet.ndjson > summaries.ndjson
    embedded.py summaries.ndjson
"""

import sys
from pathlib import Path

import duckdb

from aggregate import LINES, VIOLATIONS, report

TABLES = Path(__file__).with_name("fleet.sql").read_text(encoding="utf-8")


def main() -> None:
    base = duckdb.connect()
    # A statement that defines something takes no parameters, so the name goes in as a quoted text.
    quoted = "'" + sys.argv[1].replace("'", "''") + "'"
    base.execute(TABLES.replace("($summaries,", f"({quoted},"))
    sys.stdout.write(report(base.execute(LINES).fetchall(), base.execute(VIOLATIONS).fetchall()))


if __name__ == "__main__":
    main()
