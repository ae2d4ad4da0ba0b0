#!/usr/bin/env python3
"""Writes a manifest grown from another one: `grow.py MANIFEST COPIES` prints it.

The entries of every section that is a list are written COPIES times. The first copy keeps its ids; the ids of the others
end in their number, and so does what refers to them within the copy. Each entry has the neighbours that it had, so that
what follows from the manifest grows as its text does.
"""

import pathlib
import re
import sys


def main(manifest, copies):
    text = pathlib.Path(manifest).read_text(encoding="utf-8")
    sections = re.split(r"^(?=[a-z_]+:)", text, flags=re.M)
    lists = [section for section in sections if re.match(r"[a-z_]+:(?: *#.*)?\n(?: *#.*\n)*  - ", section)]
    ids = re.findall(r"^  - (?:\{ *)?id: *([a-z0-9.-]+)", "".join(lists), flags=re.M)
    named = re.compile(r"(?<![\w.-])(" + "|".join(map(re.escape, sorted(ids, key=len, reverse=True))) + r")(?![\w.-]|: )")
    for section in sections:
        head, body = section.split("\n", 1) if section in lists else (section, "")
        print(head, end="\n" if body else "")
        for copy in range(copies if body else 0):
            print(named.sub(rf"\1-{copy}", body) if copy else body, end="")


if len(sys.argv) != 3 or not sys.argv[2].isdecimal():
    sys.exit(__doc__)
main(sys.argv[1], int(sys.argv[2]))
