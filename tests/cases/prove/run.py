#!/usr/bin/env python3
"""`chainhunt prove`: golden answers, and every witness pasted as a test.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases are commands in cases.txt, run in this folder; NAME.expected is what they print (JSON spread over lines, in its order).
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
UPDATE = "--update" in sys.argv
HERE = SOURCE / "tests/cases/prove"
failures: list[str] = []


def run(arguments: list, folder=HERE, code=0) -> tuple[str, str]:
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, cwd=folder, timeout=600)
    if done.returncode != code:
        failures.append(f"{arguments}: exit {done.returncode}, expected {code}: {done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode(), done.stderr.decode()


def golden() -> str:
    tests = ""
    for line in (HERE / "cases.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        head, command = line.split(":", 1)
        name, code = head.split()
        out, _ = run(shlex.split(command), code=int(code))
        if name.endswith("_json"):
            answer = json.loads(out)
            tests += answer["test"]
            out = json.dumps(answer, indent=1, ensure_ascii=False) + "\n"
        else:
            tests += "".join(re.findall(r'^test ".*?^}\n', out, re.M | re.S))
        expected = HERE / f"{name}.expected"
        if UPDATE:
            expected.write_text(out)
        elif not expected.exists() or expected.read_text() != out:
            failures.append(f"{name}: differs from {expected.name} (--update rewrites it)\n{out}")
    return tests


def pasted(tests: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "rules.chain"
        file.write_text((HERE / "rules.chain").read_text() + "\n" + tests)
        run(["fmt", "--check", file])
        out, _ = run(["test", file])
        if "0 failed" not in out or out.startswith("0 passed"):
            failures.append(f"pasted: {out}")


def usage() -> None:
    for arguments, code, says in (
        (["prove"], 3, ""),
        (["prove", "implies", "both", "-r", "rules.chain"], 3, "asks about two rules"),
        (["prove", "satisfiable", "both", "two", "-r", "rules.chain"], 3, "asks about one rule"),
        (["prove", "implies", "both", "job", "-r", "rules.chain"], 3, "pairs.both is a chain, pairs.job a link"),
        (["prove", "implies", "both", "bth", "-r", "rules.chain"], 3, r"did you mean both\?"),
        (["prove", "resembles", "both", "two", "-r", "rules.chain"], 3, "resembles"),
        (["prove", "--help"], 0, ""),
    ):
        _, error = run(arguments, code=code)
        if not re.search(says, error):
            failures.append(f"{arguments}: no /{says}/ in: {error}")


def main() -> int:
    pasted(golden())
    usage()
    print("\n".join(failures) or "prove: as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
