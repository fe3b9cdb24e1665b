#!/usr/bin/env python3
"""Every code that can be reported has a case that reports it and a documentation page, and the pages are what the program
writes.

usage: codes.py CHAINHUNT SOURCE_FOLDER
"""
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])

# codes that no golden case can hold, and the test that reports them
ELSEWHERE = {
    "too-long": ("tests/unit/parse/parse_test.cpp", "a file of 16 MB is made by the test"),
    "bad-policy": ("tests/cases/cli/check.py", "a policy is no rule file"),
    "not-tried": ("tests/cases/test/coverage.expected", "of `chainhunt test --coverage`"),
    "too-many-alternatives": ("tests/unit/plan/plan_test.cpp", "the planner's"),
    "too-many-events": ("tests/unit/plan/plan_test.cpp", "the planner's"),
    "test-failed": ("tests/cases/cli/run.py", "of `chainhunt test`"),
    "sigma-table": ("tests/unit/sigma/table_test.cpp", "a table is no rule"),
    "internal": (None, "a mistake of ours, which no rule can bring about"),
}


def reported() -> set[str]:
    """The codes that stand in the sources: where something is reported, and in descriptors of checks."""
    codes = set()
    literal = re.compile(r'(?:error|warning|lacks)\((?:[^"]*, )?"([a-z]+(?:-[a-z]+)*)"')
    for path in (SOURCE / "compiler").rglob("*.cpp"):
        text = path.read_text()
        codes |= set(literal.findall(text))
        if path.parent.name == "checks":
            codes |= set(re.findall(r'= \{\s*"([a-z-]+)", DiagnosticLevel::', text))
    for path in (SOURCE / "compiler/import").rglob("*.cpp"):
        if path.name != "codes.cpp":
            codes |= set(re.findall(r'"(sigma-[a-z-]+)"', path.read_text()))
    # `unknown-` and what was looked for, where a failure is reported
    for path in (SOURCE / "compiler/check").rglob("*.cpp"):
        codes |= {"unknown-" + what for what in re.findall(r'find\([^;]*\{&PackInfo::[^}]*\}, "([a-z]+)"(?:\)|, (?!false))', path.read_text())}
    return codes


def main() -> int:
    problems = []
    codes = reported()
    cases = "".join(path.read_text(errors="replace") for path in (SOURCE / "tests/cases").rglob("*.expected"))
    for code in sorted(codes):
        if code in ELSEWHERE:
            place, _ = ELSEWHERE[code]
            if place and code not in (SOURCE / place).read_text():
                problems.append(f"{code}: {place} does not report it")
        elif f"[{code}]" not in cases:
            problems.append(f"{code}: no case in tests/cases reports it")

    docs = SOURCE / "docs" / "lints"
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([PROGRAM, "check", "--write-docs", scratch], check=True)
        written = {path.name: path.read_text() for path in pathlib.Path(scratch).iterdir()}
    present = {path.name: path.read_text() for path in docs.iterdir()} if docs.exists() else {}
    pages = {name.removesuffix(".md") for name in written} - {"README"}
    problems += [f"{code}: no documentation page; describe it in compiler/check/codes.cpp or compiler/import/sigma/codes.cpp" for code in sorted(codes - pages)]
    problems += [f"{code}: a documentation page of a code that nothing reports" for code in sorted(pages - codes)]
    problems += [f"docs/lints/{name}: not as the program writes it; run ./dev docs" for name in sorted(written) if present.get(name) != written[name]]
    problems += [f"docs/lints/{name}: of no code; remove it" for name in sorted(present.keys() - written.keys())]
    print("\n".join(problems) or f"{len(codes)} codes have cases and pages")
    return 1 if problems or len(codes) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
