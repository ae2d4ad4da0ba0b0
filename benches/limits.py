#!/usr/bin/env python3
"""Writes the files whose memory docs/robustness.md tells: `limits.py FOLDER`. Each is as large as a limit allows,
and stands in a folder of its own."""

import pathlib
import sys

SYSTEM = "system: {id: s}\n"


def grown(levels, times):
    """Aliases that multiply: each level names the one below so many times."""
    yield f"x-0: &a0 [{', '.join(['1'] * times)}]\n"
    for level in range(1, levels):
        yield f"x-{level}: &a{level} [{', '.join([f'*a{level - 1}'] * times)}]\n"


SHAPES = {
    "brackets": lambda: SYSTEM + "x-a:\n" + "".join(f"  - {'[' * 120}{']' * 120}\n" for _ in range(8000)),
    "values": lambda: SYSTEM + "x-a: [" + "1, " * 1_999_000 + "1]\n",
    "aliases": lambda: SYSTEM + "x-a: &a 1\nx-b: [" + "*a, " * 1_900_000 + "1]\n",
    "multiplied": lambda: SYSTEM + "".join(grown(10, 30)),
    "text": lambda: SYSTEM + 'x-a: "' + "y" * ((16 << 20) - 100) + '"\n',
    "lines": lambda: SYSTEM + "\n" * ((16 << 20) - 100),
    "anchors": lambda: SYSTEM + "x-a: [" + ", ".join(f"&a{at} 1" for at in range(900_000)) + "]\n",
    "mistakes": lambda: SYSTEM + "".join(f"k{at}: 1\n" for at in range(99_000)),
    "long": lambda: SYSTEM + "".join(f"k{at}: {'v' * 150}\n" for at in range(99_000)),
    "documents": lambda: "---\n".join(["system: {id: s, a: 1}\n"] * 100_000),
    "comments": lambda: SYSTEM + "# a comment\n" * ((16 << 20) // 12 - 10),
    "bytes": lambda: SYSTEM.encode() + b"x-a: " + b"\xff" * ((16 << 20) - 100),
}

if len(sys.argv) != 2:
    sys.exit(__doc__)
for name, text in SHAPES.items():
    text = text()
    data = text if isinstance(text, bytes) else text.encode()
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "caveat.yaml").write_bytes(data)
