#!/usr/bin/env python3
"""Writes manifests for the comparison, always the same ones, by editing the text of manifest.yaml.

  generate.py COUNT FOLDER         that many slight variants, m0000.caveat.yaml and on
  generate.py --nodes COUNT FILE   one manifest with about that many nodes: actors, data sets, models, components, hosting
"""

import hashlib
import pathlib
import re
import sys

BASE = pathlib.Path(__file__).with_name("manifest.yaml").read_text(encoding="utf-8")
GROWING = ("actors", "datasets", "models", "components", "flows", "hosting")
NODES = 15  # entries with an id in the growing sections of manifest.yaml

# Every edit: each how many variants, which of them, and what it changes. The periods are prime to one another, so that
# edits meet in all combinations. The first five add a violation, the others take one away.
EDITS = [
    (3, 1, "license: Apache-2.0", "license: CC-BY-NC-4.0"),
    (5, 2, "owner: travel-platform@example.org", "owner: travel-platform"),
    (7, 3, "role: sre", "role: devops"),
    (11, 4, "categories: [user.name, user.contact, user.content]", "categories: [user.name, x-mood, x-habits]"),
    (13, 5, "country: FR", "country: IN"),
    (2, 1, "transport: plain", "transport: tls"),
    (17, 6, "revision: main", "revision: 5617a9f61b028005a4858fdac845db406aefb181"),
    (19, 7, "authenticated: false", "authenticated: true"),
    (23, 8, "retention: P730D", "retention: P365D"),
    (29, 9, "description: Handbook of trips", "description: Handbook of trips, hotels and visa rules"),
]
# What a copy in a grown manifest is mended of: in such a manifest most entries are as they should be.
MENDED = [edit for edit in EDITS if edit[2] in ("transport: plain", "revision: main", "authenticated: false", "retention: P730D")]
MENDED += [EDITS[-1], (1, 0, "country: US", "country: SE")]


def edit(text, old, new):
    if old not in text:
        sys.exit(f"manifest.yaml has no `{old}` any more")
    return text.replace(old, new)


def variant(number):
    """The manifest with an id, a revision and a context of its own, and some of EDITS."""
    text = edit(BASE, "id: travel-assistant", f"id: travel-assistant-{number:04d}")
    commit = hashlib.sha256(str(number).encode()).hexdigest()[:40]
    text = edit(text, "33101ce6ccc08fa6249c10a543ebfcac65173393", commit)
    text = edit(text, "context: 8192", f"context: {4096 + number}")
    for period, which, old, new in EDITS:
        if number % period == which:
            text = edit(text, old, new)
    return text


def grown(nodes):
    """The manifest with its growing sections copied; one copy in ten keeps its violations."""
    sections = re.split(r"^(?=[a-z])", BASE, flags=re.M)
    ids = re.compile(r"\b(" + "|".join(re.findall(r"^  - id: ([a-z-]+)$", "".join(growing(sections)), flags=re.M)) + r")\b")
    referring = re.compile(r"^ +(?:- )?(?:id|from|to|models): .*$", flags=re.M)
    copies = max(1, round(nodes / NODES))
    out = []
    for section in sections:
        name, _, body = section.partition(":\n")
        if name not in GROWING:
            out.append(section)
            continue
        mended = body
        for _, _, old, new in MENDED:
            mended = mended.replace(old, new)
        out.append(f"{name}:\n")
        for copy in range(copies):
            text = body if copy % 10 == 0 else mended
            out.append(referring.sub(lambda line: ids.sub(rf"\1-{copy}", line[0]), text))
    return "".join(out)


def growing(sections):
    return [section for section in sections if section.partition(":")[0] in GROWING]


def main(args):
    if len(args) == 3 and args[0] == "--nodes":
        pathlib.Path(args[2]).write_text(grown(int(args[1])), encoding="utf-8")
    elif len(args) == 2 and args[0].isdecimal():
        folder = pathlib.Path(args[1])
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(int(args[0])):
            folder.joinpath(f"m{number:04d}.caveat.yaml").write_text(variant(number), encoding="utf-8")
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
