"""Writes the files that a page of the documentation writes with `cat`, into this folder: written.py PAGE."""

import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text()
found = re.findall(r"^cat > (\S+) <<'YAML'\n(.*?)^YAML$", page, re.S | re.M)
assert found, "the page writes no file"
for name, text in found:
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
