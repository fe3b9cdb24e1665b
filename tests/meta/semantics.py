#!/usr/bin/env python3
"""Every rule test that docs/semantics.md names stands where it says.

usage: semantics.py SOURCE_FOLDER
"""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
text = (source / "docs" / "semantics.md").read_text()
names: dict[str, set[str]] = {}
for pack in (source / "tests" / "cases" / "rules").iterdir():
    if pack.is_dir():
        names[pack.name] = {name for file in pack.glob("*.chain") for name in re.findall(r'^test "((?:[^"]|"")*)"', file.read_text(), re.M)}
problems, checked = [], 0
for line in text.splitlines():
    if not line.startswith("Tests: "):
        continue
    for pack, name in re.findall(r"(?:: |, |^)\*(\w+): ([^*]+)\*", line.replace("Tests: ", ": ", 1)):
        checked += 1
        if name not in names.get(pack, set()):
            problems.append(f"docs/semantics.md: no test {name!r} in tests/cases/rules/{pack}")
print("\n".join(problems) or f"{checked} tests named")
sys.exit(1 if problems or checked == 0 else 0)
