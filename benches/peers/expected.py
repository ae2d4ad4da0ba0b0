#!/usr/bin/env python3
"""The reference answer: what the ten rules say of manifests, in plain Python and independent of every engine.

  expected.py FOLDER|FILE…    prints `FILE RULE COUNT` for each rule that is violated, sorted

It reads only the YAML in which manifest.yaml is written (block mappings and lists of plain values, `[a, b]`, whole-line
comments) and stops at any other line, rather than read it wrongly.
"""

import collections
import pathlib
import re
import sys

LICENCES = {"Apache-2.0", "MIT", "BSD-3-Clause", "llama3.1", "gemma"}
CATEGORIES = {"system", "system.operations", "user.name", "user.contact", "user.content"}
COUNTRIES = {"DE", "FR", "NL", "SE"}
LINE = re.compile(r"([a-z_]+):(?: ([^\s'\"{&*!|>%@`#-][^#]*))?")


def read(text):
    """The manifest as mappings, lists and texts."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        content = line.lstrip(" ")
        lines.append((number, len(line) - len(content), content))
    value, end = block(lines, 0, 0)
    if end != len(lines):
        sys.exit(f"line {lines[end][0]} is not where it is expected")
    return value


def block(lines, at, indent):
    """The mapping or list that begins at a line, and the line after it."""
    if lines[at][2].startswith("- "):
        entries = []
        while at < len(lines) and lines[at][1] == indent and lines[at][2].startswith("- "):
            number, _, content = lines[at]
            lines[at] = (number, indent + 2, content[2:])
            entry, at = block(lines, at, indent + 2)
            entries.append(entry)
        return entries, at
    fields = {}
    while at < len(lines) and lines[at][1] == indent and not lines[at][2].startswith("- "):
        number, _, content = lines[at]
        match = LINE.fullmatch(content)
        if not match or match[1] in fields:
            sys.exit(f"line {number} is beyond this reader: {content}")
        at += 1
        if match[2] is None:
            fields[match[1]], at = block(lines, at, lines[at][1])
        else:
            fields[match[1]] = plain(match[2])
    return fields, at


def plain(text):
    return text[1:-1].split(", ") if text.startswith("[") else text


def findings(manifest):
    """The code of each violation, once for each place."""
    if not re.fullmatch(r"[^@ ]+@[^@ ]+[.][a-z]+", manifest["governance"]["owner"]):
        yield "PEER001"
    for model in manifest["models"]:
        if model["license"] not in LICENCES:
            yield "PEER002"
        if not re.fullmatch(r"[0-9a-f]{40}", model["revision"]):
            yield "PEER003"
    for dataset in manifest["datasets"]:
        for category in dataset["categories"]:
            if category not in CATEGORIES:
                yield "PEER004"
        personal = any(category.startswith("user.") for category in dataset["categories"])
        if personal and int(re.fullmatch(r"P(\d+)D", dataset["retention"])[1]) > 365:
            yield "PEER005"
        if len(dataset["description"]) < 20:
            yield "PEER007"
    for flow in manifest["flows"]:
        if flow["transport"] == "plain":
            yield "PEER006"
    for actor in manifest["actors"]:
        if actor["kind"] == "public" and actor["authenticated"] != "true":
            yield "PEER008"
    for host in manifest["hosting"]:
        if host["country"] not in COUNTRIES:
            yield "PEER009"
    if not any(role["role"] == "sre" and role["status"] == "employed" for role in manifest["staffing"]["roles"]):
        yield "PEER010"


def main(args):
    if not args:
        sys.exit(__doc__)
    for path in map(pathlib.Path, args):
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            counts = collections.Counter(findings(read(file.read_text(encoding="utf-8"))))
            for rule in sorted(counts):
                print(file.name, rule, counts[rule])


main(sys.argv[1:])
