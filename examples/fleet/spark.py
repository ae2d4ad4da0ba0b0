#!/usr/bin/env python3
"""A fleet on a cluster: Spark hands each partition to a `caveat batch` of its own through a pipe, and adds up.

    spark.py fleet.ndjson [--master local-cluster[2,1,1024]] [--caveat PATH] [--as-of DATE]

Executors run the program that --caveat names, so it has to be there on every machine. --as-of is the same for all of them;
left out, each would take the day of its own clock.
"""

import argparse
import datetime
import os
import shlex
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

from aggregate import LINES, UNDECLARED, VIOLATIONS, report

SCHEMA = (
    "type string, line bigint, owner string, fails boolean, "
    "rules array<struct<rule: string, verdict: string, severity: string, count: bigint>>"
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Checks a fleet on a cluster.")
    parser.add_argument("fleet", type=Path)
    parser.add_argument("--master", default="local-cluster[2,1,1024]")
    parser.add_argument("--caveat", default="caveat")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--as-of", default=datetime.datetime.now(datetime.timezone.utc).date().isoformat())
    return parser.parse_args()


def main() -> None:
    args = arguments()
    # Executors take the interpreter of the driver, and one thread each: Spark runs as many pipes as it has cores.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    check = [args.caveat, "batch", "--format", "summary", "--jobs", "1", "--no-config", "--exit-zero", "--as-of", args.as_of]
    if args.master.startswith("local"):
        # A cluster of processes on this machine, which nobody else has to reach.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    session = SparkSession.builder.master(args.master).appName("caveat fleet").config("spark.ui.enabled", "false")
    # The tables are small: a row for each rule, owner and severity.
    session = session.config("spark.sql.shuffle.partitions", args.partitions)
    spark = session.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    fleet = spark.sparkContext.textFile(args.fleet.resolve().as_uri(), args.partitions)
    # `caveat batch` passes over blank lines.
    fleet = fleet.filter(str.strip)
    # A status is not asked for: an empty partition ends with 3, an unreadable line with 2. That nothing is lost is counted.
    records = spark.read.schema(SCHEMA).json(fleet.pipe(shlex.join(check))).cache()
    records.createOrReplaceTempView("records")
    found = records.select(f.coalesce("owner", f.lit(UNDECLARED)).alias("owner"), f.explode("rules").alias("found"))
    found = found.where("found.verdict = 'violation'").selectExpr("owner", "found.rule", "found.severity", "found.count as number")
    found.createOrReplaceTempView("violations")
    lines, violations = spark.sql(LINES).collect(), spark.sql(VIOLATIONS).collect()
    given = fleet.count()
    spark.stop()
    taken = sum(count for _, count, _ in lines)
    if given != taken:
        sys.exit(f"{given} lines went into caveat and {taken} records came out")
    sys.stdout.write(report(lines, violations))


if __name__ == "__main__":
    main()
