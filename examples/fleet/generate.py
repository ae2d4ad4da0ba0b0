#!/usr/bin/env python3
"""Writes a fleet: N manifests, one JSON record a line, made from a few manifests in turn.

    generate.py N [MANIFEST...]

Each manifest of the fleet has an id, a system and an owner of its own, and differs from the one that it is made from in
what its number says. The same N gives the same bytes.
"""

import json
import re
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
OWNERS = ["head-of-tax", "head-of-it", "managing-partner", "none", "unknown"]


def manifest(text: str, number: int) -> str:
    """The text of one manifest of the fleet."""
    system = re.search(r"(?m)^system:\n  id: (\S+)$", text)
    if system:
        text = re.sub(rf"\b{re.escape(system[1])}\b", f"service-{number:06}", text)
    text = re.sub(r"(?m)^(governance: \{owner: )[^,}]+", rf"\g<1>{OWNERS[number % len(OWNERS)]}", text, count=1)
    if number % 7 == 3:
        # A team that has not said who is accountable, nor anything else of governance.
        text = re.sub(r"(?m)^governance: .*\n", "", text)
    if number % 11 == 5:
        text = text.replace("lifecycle: production", "lifecycle: prototype")
    return text


def main() -> None:
    count = int(sys.argv[1])
    files = [Path(name) for name in sys.argv[2:]] or sorted(FIXTURES.glob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    for number in range(count):
        record = {"id": f"services/{number:06}/caveat.yaml", "text": manifest(texts[number % len(texts)], number)}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
