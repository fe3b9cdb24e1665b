#!/usr/bin/env python3
"""What `fmt` writes means what it read: rules with odd blanks and other spellings of fields are formatted, and `diff`
proves each of them equal to the original.

usage: same_meaning.py CHAINHUNT SOURCE_FOLDER
"""
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
SPELLINGS = {"share_name": "ShareName", "access_mask": "Access_Mask", "object_type": "ObjectType", "command_line": "CommandLine", "task_name": "TaskName"}


def odd(text: str, chance: random.Random) -> str:
    """The same rules, written badly. Lines with texts, expressions or comments keep their inside."""
    lines = []
    for line in text.splitlines():
        if '"' not in line and "/" not in line and "`" not in line:
            line = re.sub(r" +", lambda _: " " * chance.randint(1, 5), line)
        if line.strip().startswith("where"):
            for name, other in SPELLINGS.items():
                line = re.sub(rf"^([^\"/]*\b){name}\b", lambda m, other=other: m.group(1) + other, line)
        lines.append(" " * chance.randint(0, 4) + line if not line.startswith("///") else line)
    return "\n".join(lines) + "\n" * chance.randint(1, 3)


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300)


chance, failures, rules, changed = random.Random(1), [], 0, 0
with tempfile.TemporaryDirectory() as temp:
    for parent in (SOURCE / "rules", SOURCE / "tests/cases/rules"):
        copies = pathlib.Path(temp) / parent.name / str(len(str(parent)))
        shutil.copytree(parent, copies)  # packs import their neighbours
        for folder in sorted(parent.iterdir()):
            if folder.name in ("windows", "windows_logs") or not any(folder.glob("*.chain")):
                continue
            copy = copies / folder.name
            for file in copy.rglob("*.chain"):
                text = file.read_text()
                file.write_text(odd(text, chance))
                changed += file.read_text() != text
            formatted = run("fmt", str(copy))
            told = run("diff", str(folder), str(copy))
            same = re.search(r"^0 rules changed, (\d+) did not$", told.stdout, re.M)
            if formatted.returncode != 0 or told.returncode != 0 or not same:
                failures.append(f"{folder.name}: {formatted.stderr}{told.stdout}{told.stderr}")
            else:
                rules += int(same.group(1))
print("\n".join(failures) or f"{rules} rules mean the same after fmt ({changed} files were written badly)")
sys.exit(1 if failures or rules < 300 or changed < 30 else 0)
