#!/usr/bin/env python3
"""`chainhunt test` through the command line: golden text, JUnit, exit statuses, terminals, the tutorial.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases: see ../golden.py. The commands of docs/testing_rules.md are
run as they stand there, and must print what stands there.
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import colours, failures, finish, golden, HERE, PROGRAM, run, SOURCE, UPDATE, usage  # noqa: E402


def every_mutation() -> None:
    """Each kind has a mutant that is killed and one that survives, and some are skipped or change nothing."""
    text = (HERE / "mutate.expected").read_text()
    rows = re.findall(r"^(.+?) +(\d+) +(\d+) +(\d+) +(\d+)$", text, re.M)
    kinds = {name: [int(n) for n in numbers] for name, *numbers in rows}
    source = (SOURCE / "compiler/driver/testing/mutants.cpp").read_text()
    for name in re.findall(r'\{MutationKind::\w+, "([^"]+)"', source):
        killed, survived = kinds.get(name, [0, 0])[:2]
        if killed == 0 or survived == 0:
            failures.append(f"mutation {name!r}: {killed} killed and {survived} survived in mutate.expected; each is to be seen")
    if kinds["total"][2] == 0 or kinds["total"][3] == 0:
        failures.append("no mutant is skipped, or none is the same")
    for diff in re.split(r"^SURVIVED .*\n", text, flags=re.M)[1:]:
        patch = re.split(r"^mutants ", diff, flags=re.M)[0]
        if "\n-" not in patch.split("\n@@", 1)[1]:
            failures.append(f"a survivor without a changed line:\n{patch}")
    # Survivors are patches of the file as it stands.
    if shutil.which("patch") is None:
        return
    first = re.search(r"^SURVIVED .*\n((?:---|\+\+\+|@@| |[-+]).*\n)+", text, re.M)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "mutate.chain"
        copy.write_text((HERE / "mutate.chain").read_text())
        patch = first.group(0).split("\n", 1)[1]
        done = subprocess.run(["patch", "-p0"], input=patch.encode(), cwd=folder, capture_output=True)
        if done.returncode != 0:
            failures.append(f"patch refuses a survivor's diff: {done.stdout.decode()}")
        elif copy.read_text() == (HERE / "mutate.chain").read_text():
            failures.append("a survivor's diff changes nothing")


def threads() -> None:
    for options in (["failures.chain"], ["coverage.chain", "--coverage"], ["mutate.chain", "--mutate"]):
        outputs = {subprocess.run([PROGRAM, "test", *options, "--threads", n], capture_output=True, cwd=HERE).stdout for n in ("1", "2", "7")}
        if len(outputs) != 1:
            failures.append(f"{options}: the output depends on the number of threads")


def junit() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        text = (HERE / "failures.chain").read_text()
        # What XML has no way to say, and what steers terminals.
        text += 'test "bell \x07 escape \x1b[31m null-like \x01 tab \t \ufffe" {\n  at 0s  system 7045 { computer: "\x0b" }\n  expect never\n}\n'
        (folder / "failures.chain").write_text(text)
        out, _ = run(["test", "failures.chain", "--junit", "out.xml"], folder, 1)
        if "\x1b" in out or "\x07" in out:
            failures.append("a test's name steers the terminal")
        root = xml.etree.ElementTree.parse(folder / "out.xml").getroot()
        suite = root.find("testsuite")
        cases = suite.findall("testcase")
        counts = (root.get("tests"), root.get("failures"), suite.get("tests"), suite.get("failures"), len(cases), len(suite.findall("testcase/failure")))
        if counts != ("13", "12", "13", "12", 13, 12):
            failures.append(f"junit: counts {counts}")
        by_name = {case.get("name"): case for case in cases}
        nearest = by_name["the nearest of two"]
        if nearest.get("file") != "failures.chain" or nearest.get("line") != str(text[:text.index('"the nearest of two"')].count("\n") + 1):
            failures.append(f"junit: place {nearest.attrib}")
        if "to 1h6s" not in nearest.find("failure").text or "none like it" not in nearest.find("failure").get("message"):
            failures.append(f"junit: failure {nearest.find('failure').text}")
        if "control characters & <xml> ' ]]> é" not in by_name or 'a&<b>]]>' not in by_name["control characters & <xml> ' ]]> é"].find("failure").text:
            failures.append("junit: a name does not come back as it was")
        if not all(re.fullmatch(r"\d+\.\d+", case.get("time")) for case in cases):
            failures.append("junit: times")
        # All packs: a suite each.
        run(["test", "coverage.chain", "mutate.chain", "--junit", str(folder / "two.xml")], HERE)
        names = [own.get("name") for own in xml.etree.ElementTree.parse(folder / "two.xml").getroot()]
        if names != ["coverage", "mutate"]:
            failures.append(f"junit: suites {names}")


def other_packs() -> None:
    """A test may expect findings of a pack that its own imports; `expect nothing` is about its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "base").mkdir()
        (folder / "base/pack.chain").write_text('pack base version "1.0.0"\nimport windows\nlink made { on system 7045 }\nchain any_service { match made  by computer  within 1s }\n')
        (folder / "site").mkdir()
        site = ('pack site version "1.0.0"\nimport windows\nimport base\nlink mine { on system 7045  where service_name == "mine" }\nchain my_service { match mine  by computer  within 1s }\n'
                'test "of the import" {\n  at 0s system 7045 { computer: "A", service_name: "x" }\n  expect base.any_service by computer = "A"\n  expect any_service\n  expect link made 1 times\n}\n'
                'test "nothing of its own" {\n  at 0s system 7045 { computer: "A", service_name: "x" }\n  expect nothing\n}\n')
        (folder / "site/pack.chain").write_text(site)
        run(["test", "site"], folder)
        # A mistake in what is imported is noticed by the tests of those who import it.
        out, _ = run(["test", "base", "site", "--mutate"], folder)
        if "total" not in out:
            failures.append(f"mutants of two packs: {out}")


def terminals() -> None:
    for arguments in (["test", "failures.chain"], ["test", "coverage.chain", "--coverage"], ["test", "mutate.chain", "--mutate"]):
        colours(arguments)


def tutorial() -> None:
    page = SOURCE / "docs/testing_rules.md"
    text = page.read_text()
    versions = re.findall(r"```chain\n(.*?)```", text, re.S)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        rules = ""
        edits = []
        # Blocks of rules are the file as it grows: each is added to what stands before it.
        for block in re.finditer(r"```(chain|console)\n(.*?)```|Change `([^`]+)` to `([^`]+)`", text, re.S):
            if block.group(3):
                rules = rules.replace(block.group(3), block.group(4))
                (folder / "mine.chain").write_text(rules)
                continue
            if block.group(1) == "chain":
                rules += block.group(2) + "\n"
                (folder / "mine.chain").write_text(rules)
                continue
            command, expected = re.match(r"\$ chainhunt (.*?)\n(.*)", block.group(2), re.S).groups()
            done = subprocess.run([PROGRAM, *shlex.split(command)], capture_output=True, cwd=folder, timeout=120)
            out = done.stdout.decode() + done.stderr.decode()
            edits.append((block.start(2) + len("$ chainhunt ") + len(command) + 1, block.end(2), out))
            if not UPDATE and out != expected:
                failures.append(f"{page.name}: {command} prints now\n{out}")
        if not versions or not edits:
            failures.append(f"{page.name}: no rules, or no commands")
    if UPDATE:
        for begin, end, out in reversed(edits):
            text = text[:begin] + out + text[end:]
        page.write_text(text)


def misused() -> None:
    usage(
        (["test", "coverage.chain", "--run", "no such test"], 3, r"no test is named like 'no such test'; without --run there are 3"),
        (["test", "coverage.chain", "--threshold", "50"], 3, "--threshold is for --coverage or --mutate"),
        (["test", "coverage.chain", "--coverage", "--threshold", "101"], 3, "threshold"),
        (["test", "coverage.chain", "--coverage", "--threshold", "99"], 1, r"the tests try \d+ %, and --threshold asks for 99 %"),
        (["test", "coverage.chain", "--coverage", "--threshold", "20"], 0, ""),
        (["test", "mutate.chain", "--mutate", "--threshold", "99"], 1, r"the tests kill \d+ %, and --threshold asks for 99 %"),
        (["test", "mutate.chain", "--mutate", "--run", "the service", "--threshold", "3"], 1, "the tests kill 2 %"),
        (["test", "failures.chain", "--mutate"], 1, "rules are not mutated while a test fails"),
        (["test", "coverage.chain", "--junit", "no/such/folder/out.xml"], 3, "no/such/folder/out.xml: No such file"),
        (["test", "none.chain"], 3, "none.chain"),
        (["test", "--help"], 0, ""),
    )


def main() -> int:
    golden()
    every_mutation()
    threads()
    junit()
    misused()
    other_packs()
    terminals()
    tutorial()
    return finish("test")


if __name__ == "__main__":
    sys.exit(main())
