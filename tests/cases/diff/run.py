#!/usr/bin/env python3
"""`chainhunt diff` and `chainhunt coverage`: golden reports, git revisions, backtests; the examples pass as tests of the new version.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases: see ../golden.py.
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import failures, finish, golden, HERE, PROGRAM, run, SOURCE, usage  # noqa: E402

SAMPLES = SOURCE / "rules/friday_fun/samples"


def examples() -> None:
    """What the report shows is true: its tests pass for the new rules, and logs that only the old ones find are found by them."""
    report = json.loads(run(["diff", "old", "new", "-f", "json"])[0])
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(HERE / "new", pathlib.Path(scratch) / "new")
        file = pathlib.Path(scratch) / "new/examples.chain"
        file.write_text("".join(example["test"] for rule in report["rules"] for example in rule["examples"]))
        run(["fmt", "--check", file])
        out, _ = run(["test", file.parent])
        if "0 failed" not in out or out.startswith("0 passed"):
            failures.append(f"examples: {out}")
        for rule in report["rules"]:
            for number, example in enumerate(rule["examples"]):
                log = pathlib.Path(scratch) / f"{rule['rule']}_{number}.jsonl"
                log.write_text("".join(json.dumps({"System": {
                    "Channel": event["channel"], "Provider": {"#attributes": {"Name": event["provider"]}}, "EventID": event["event_id"],
                    "Computer": event["computer"], "EventRecordID": event["record_id"], "TimeCreated": {"#attributes": {"SystemTime": event["time"]}}},
                    "EventData": event["fields"]}) + "\n" for event in example["log"]))
                for version in ("old", "new"):
                    out, _ = run(["hunt", "-r", HERE / version, "--only", rule["rule"], "--complete", "--hits", "-f", "jsonl", log])
                    kind = '"type":"finding"' if rule["kind"] == "chain" else '"type":"hit"'
                    if (kind in out) != (example["fires"] == version):
                        failures.append(f"{rule['rule']}: the example should be found by the {example['fires']} version only; by {version}: {out}")


def git(folder: pathlib.Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=folder, check=True, capture_output=True)


def revisions() -> None:
    expected, _ = run(["diff", "old", "new"])
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        git(folder, "init", "-q")
        for version in ("old", "new"):
            shutil.rmtree(folder / "rules", ignore_errors=True)
            shutil.copytree(HERE / version, folder / "rules")
            git(folder, "add", "-A")
            git(folder, "commit", "-q", "-m", version)
        for words in (["HEAD~1..HEAD", "-r", "rules"], ["HEAD~1", "HEAD", "-r", "rules"], ["HEAD~1", "rules"], ["HEAD~1..", "-r", "rules"]):
            out, _ = run(["diff", *words], folder)
            if out != expected:
                failures.append(f"diff {words}: {out}")
        out, _ = run(["diff", "HEAD~1..HEAD", SAMPLES, "-r", "rules", "--complete"], folder)
        if "findings gained" not in out:
            failures.append(f"a revision and logs: {out}")
        _, error = run(["diff", "HEAD~7..HEAD", "-r", "rules"], folder, 3)
        if "HEAD~7" not in error:
            failures.append(f"no such revision: {error}")


def backtest() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        findings = {"site.either": 2, "site.wide": {"min": 1, "max": 1}}
        (folder / "expect.json").write_text(json.dumps({"findings": findings}))
        arguments = ["diff", "old", "new", SAMPLES, "--expect", folder / "expect.json", "--junit", folder / "junit.xml"]
        for unexpected, failed in (("fail", None), ("warn", 1), ("ignore", 1)):
            run([*arguments, "--unexpected", unexpected], code=1)
            suite = xml.etree.ElementTree.parse(folder / "junit.xml").getroot().find("testsuite")
            if failed is not None and int(suite.get("failures")) != failed:
                failures.append(f"--unexpected {unexpected}: {suite.attrib}")
            if len(suite.findall("testcase/failure")) != int(suite.get("failures")) or len(suite.findall("testcase")) != int(suite.get("tests")):
                failures.append(f"junit: {suite.attrib}")
        findings["site.either"] = {"min": 2}
        (folder / "expect.json").write_text(json.dumps({"findings": findings}))
        run([*arguments, "--unexpected", "ignore"])
        for text, says in (("[]", "no object"), ('{"finding": {}}', 'no key "finding"'), ('{"findings": {"a.b": -1}}', "whole number"),
                           ('{"findings": {"a.b": {"least": 1}}}', '"min" and "max"'), ('{"findings": {"a.b": {"min": 2, "max": 1}}}', "greater"),
                           ('{"unexpected": "no"}', '"fail", "warn" or "ignore"'), ("{", "not JSON")):
            (folder / "expect.json").write_text(text)
            _, error = run(arguments, code=3)
            if says not in error:
                failures.append(f"{text}: {error}")


def shipped() -> None:
    layer = json.loads(run(["coverage", "-r", SOURCE / "rules", "-f", "navigator"])[0])
    if layer["versions"]["layer"] != "4.5" or layer["domain"] != "enterprise-attack":
        failures.append(f"the layer: {layer['versions']}")
    for technique in layer["techniques"]:
        if not re.fullmatch(r"T\d{4}(\.\d{3})?", technique["techniqueID"]) or not 0 < technique["score"] <= layer["gradient"]["maxValue"]:
            failures.append(f"the layer: {technique}")


def page() -> None:
    """The commands of docs/rules_as_code.md run, and print what stands there, where something does."""
    text = (SOURCE / "docs/rules_as_code.md").read_text()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        shutil.copytree(SOURCE / "rules", folder / "rules")
        (folder / "expect.json").write_text(re.search(r"```json\n(.*?)```", text, re.S).group(1))
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "rules")
        for block in re.findall(r"```console\n(.*?)```", text, re.S):
            for command, shown in re.findall(r"^\$ chainhunt (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
                done = subprocess.run([PROGRAM, *shlex.split(command)], capture_output=True, text=True, cwd=folder, timeout=600)
                if done.returncode > 1 or (done.returncode == 1 and not command.startswith("prove")):
                    failures.append(f"docs/rules_as_code.md: {command}: exit {done.returncode}: {done.stdout}{done.stderr}")
                if shown and shown != done.stdout:
                    failures.append(f"docs/rules_as_code.md: {command} prints now\n{done.stdout}")


def misused() -> None:
    usage(
        (["diff"], 3, "states"),
        (["diff", "old"], 3, "OLD and NEW"),
        (["diff", "old", "none"], 3, "none"),
        (["diff", "a...b"], 3, "three dots"),
        (["diff", "old", "new", "none.evtx"], 3, "none.evtx"),
        (["diff", "old", "new", "--expect", "expect.json"], 3, "name logs"),
        (["diff", "old", "new", SAMPLES, "--junit", "x.xml"], 3, "--expect"),
        (["diff", "old", "schema_rules"], 2, "lab"),
        (["diff", "--help"], 0, ""),
        (["coverage", "none"], 3, "none"),
    )


def main() -> int:
    golden()
    examples()
    backtest()
    shipped()
    misused()
    if shutil.which("git"):
        revisions()
        page()
    else:
        print("git is not here: revisions not tried")
    return finish("diff")


if __name__ == "__main__":
    sys.exit(main())
