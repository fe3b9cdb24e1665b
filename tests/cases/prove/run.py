#!/usr/bin/env python3
"""`chainhunt prove`: golden answers, and every witness pasted as a test.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases: see ../golden.py.
"""
import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import failures, finish, golden, HERE, run, usage  # noqa: E402


def pasted(tests: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "rules.chain"
        file.write_text((HERE / "rules.chain").read_text() + "\n" + tests)
        run(["fmt", "--check", file])
        out, _ = run(["test", file])
        if "0 failed" not in out or out.startswith("0 passed"):
            failures.append(f"pasted: {out}")


def misused() -> None:
    usage(
        (["prove"], 3, ""),
        (["prove", "implies", "both", "-r", "rules.chain"], 3, "asks about two rules"),
        (["prove", "satisfiable", "both", "two", "-r", "rules.chain"], 3, "asks about one rule"),
        (["prove", "implies", "both", "job", "-r", "rules.chain"], 3, "pairs.both is a chain, pairs.job a link"),
        (["prove", "implies", "both", "bth", "-r", "rules.chain"], 3, r"did you mean both\?"),
        (["prove", "resembles", "both", "two", "-r", "rules.chain"], 3, "resembles"),
        (["prove", "--help"], 0, ""),
    )


def main() -> int:
    tests: list[str] = []

    def gather(name: str, out: str) -> None:
        tests.append(json.loads(out)["test"] if name.endswith("_json") else "".join(re.findall(r'^test ".*?^}\n', out, re.M | re.S)))

    golden(gather)
    pasted("".join(tests))
    misused()
    return finish("prove")


if __name__ == "__main__":
    sys.exit(main())
