"""Takes the blocks of docs/ci.md that carry a test out of the page: blocks.py PAGE FOLDER."""

import pathlib
import re
import sys

page, folder = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
found = re.findall(r"<!-- test: (\S+) -->\n```(\w+)\n(.*?)```", page, re.S)
assert found, "the page has no block with a test"
for at, (name, language, text) in enumerate(found):
    (folder / f"{name}-{at}.{'yaml' if language == 'yaml' else 'sh'}").write_text(text)
