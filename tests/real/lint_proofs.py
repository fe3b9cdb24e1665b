#!/usr/bin/env python3
"""What `check` proves of the public rules holds for events: no finding of never-true, implied-link, equal-links, dead-alternative
or dead-condition is contradicted by any.

usage: lint_proofs.py CHAINHUNT SOURCE DATA [--all]

A rule that can never match matches nothing; what a narrower rule matches a wider one matches too; a rule without its dead part
(cut out of the YAML here, line by line) matches the same events. The events are the shared logs' and those that `witness` makes
for each rule, near misses included, with the dead value and its neighbourhood put in their fields. Without --all, a fifth of the
rules.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from data import data_folder, hunt

PROGRAM, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
DATA = data_folder(sys.argv[3], sys.argv[2])
ALL = "--all" in sys.argv
FOLDERS = [DATA / "sigma" / name for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def cut(lines: list[str], finding: dict) -> bool:
    """Takes the part out: an entry of a list, a field with its values, a search. False where it does not fill whole lines."""
    at, column = finding["line"] - 1, finding["column"] - 1
    entry = lines[at][:column].strip() == "-"
    if lines[at][:column].strip() not in ("", "-") or not lines[at][column:].strip() or (entry and ":" in lines[at]):
        return False
    end = at + 1
    while end < len(lines) and lines[end].strip() and (indent(lines[end]) > indent(lines[at]) or (not entry and indent(lines[end]) == indent(lines[at]) and lines[end].strip().startswith("- "))):
        end += 1
    beside = [i for i, line in enumerate(lines) if line.strip() and indent(line) == indent(lines[at]) and not at <= i < end]
    # Something must be left where it stood.
    above = next((i for i in range(at - 1, -1, -1) if lines[i].strip() and indent(lines[i]) < indent(lines[at])), 0)
    below = next((i for i in range(end, len(lines)) if lines[i].strip() and indent(lines[i]) < indent(lines[at])), len(lines))
    if not any(above < i < below for i in beside):
        return False
    del lines[at:end]
    return True


def field_and_value(lines: list[str], finding: dict) -> tuple[str, str] | None:
    """Of an entry: the field whose list it stands in, and the value."""
    at, column = finding["line"] - 1, finding["column"] - 1
    if lines[at][:column].strip() != "-":
        return None
    above = next((lines[i] for i in range(at - 1, -1, -1) if lines[i].strip() and not lines[i].strip().startswith("-")), "")
    key = re.match(r"\s*(?:- )?([\w.]+)[|:]", above)
    value = lines[at][column:].split(" #")[0].strip().strip("'\"")
    return (key.group(1), value) if key else None


def main() -> int:
    failures: list[str] = []
    done = subprocess.run([PROGRAM, "check", "-f", "json", "--skip", "unknown-technique", *FOLDERS], capture_output=True, text=True, timeout=600)
    findings = [f for f in json.loads(done.stdout)["diagnostics"]
                if f["code"] in ("never-true", "implied-link", "equal-links", "dead-alternative", "dead-condition")]
    told = collections.Counter(f["code"] for f in findings)
    if told["implied-link"] < 50 or told["dead-alternative"] < 50 or told["dead-condition"] < 10:
        failures.append(f"too few findings: {dict(told)}")
    if not ALL:
        findings = [f for i, f in enumerate(findings) if i % 5 == 0 or f["code"] == "never-true"]

    with tempfile.TemporaryDirectory() as scratch:
        before, after, logs = (pathlib.Path(scratch) / name for name in ("before", "after", "logs"))
        for folder in (before, after, logs):
            folder.mkdir()
        pairs, without, never = [], {}, []
        for finding in findings:
            path = pathlib.Path(finding["file"])
            (before / path.name).write_text(path.read_text())
            if finding["code"] in ("implied-link", "equal-links"):
                other = pathlib.Path(finding["related"][0]["file"])
                (before / other.name).write_text(other.read_text())
                names = re.findall(r"`[\w]+\.(\w+)`", finding["message"])
                pairs.append((names, finding["code"] == "equal-links"))
            elif finding["code"] == "never-true":
                never.append(re.search(r"`(\w+)`", finding["message"]).group(1))
            else:
                lines = (after / path.name if (after / path.name).exists() else path).read_text().splitlines()
                if path.stem in without:
                    continue  # lines have moved
                if cut(lines, finding):
                    (after / path.name).write_text("\n".join(lines) + "\n")
                    without[path.stem] = finding
        # What is no rule any more, because it says `1 of` what is gone, is left out.
        broken = subprocess.run([PROGRAM, "check", "-f", "json", after], capture_output=True, text=True, timeout=120)
        for wrong in {pathlib.Path(f["file"]) for f in json.loads(broken.stdout)["diagnostics"] if f["level"] == "error" and f["code"].startswith("sigma-")}:
            wrong.unlink()
            del without[wrong.stem]
        for path in sorted(before.iterdir()):
            made = logs / path.stem
            done = subprocess.run([PROGRAM, "witness", path.stem, "--near-miss", "-f", "jsonl", "-r", path, "-o", made], capture_output=True, text=True, timeout=120)
            if done.returncode != 0 and path.stem + "_event" not in never and "no event" not in done.stderr + done.stdout:
                failures.append(f"witness {path.stem}: {done.stderr}")
            finding = without.get(path.stem)
            dead = finding and field_and_value(path.read_text().splitlines(), finding)
            if not dead or not (made / "witness.jsonl").exists():
                continue
            key, value = dead
            with (made / "dead.jsonl").open("w") as out:
                for number, text in enumerate((value, "x" + value, value + "x", "x" + value + "x", value.upper(), value[1:], value[:-1])):
                    record = json.loads((made / "witness.jsonl").read_text().splitlines()[0])
                    changed = json.dumps(record)
                    changed = re.sub(rf'("{key}": )"(?:[^"\\]|\\.)*"', lambda found: found.group(1) + json.dumps(text), changed)
                    changed = re.sub(r'("(?:EventRecordID|record_id|RecordId|EventRecordId)": "?)\d+', lambda found: f"{found.group(1)}{100 + number}", changed)
                    out.write(changed + "\n")

        found, _ = hunt(PROGRAM, "--hits", "--keep-duplicates", "-r", before, "-r", after, logs, DATA / "logs" / "evtx", DATA / "logs" / "ndjson")
        hits = collections.defaultdict(set)
        for one in found:
            if one["type"] == "hit":
                hits[one["link"]].add((one["source"], one["time"], one["record_id"], one["computer"]))

        for (narrow, wide), equal in pairs:
            own, other = hits["before." + narrow], hits["before." + wide]
            if not own:
                failures.append(f"{narrow}: no event at all, not even its witness")
            if not own <= other or (equal and own != other):
                failures.append(f"{narrow} matches what {wide} does not: {sorted(own - other)[:3]}")
        for name in never:
            if hits["before." + name]:
                failures.append(f"{name} can never match, and matches {sorted(hits['before.' + name])[:3]}")
        compared = 0
        for name in without:
            own, other = hits[f"before.{name}_event"], hits[f"after.{name}_event"]
            compared += len(own)
            if not own:
                failures.append(f"{name}: no event at all, not even its witness")
            if own != other:
                failures.append(f"{name}, line {without[name]['line']}: without the dead part it differs in {sorted(own ^ other)[:3]}")
        if compared < 3 * len(without):
            failures.append(f"{len(without)} rules without their dead part, and only {compared} events")
        print(f"{dict(told)}; re-checked: {len(pairs)} pairs, {len(without)} rules without a part, {len(never)} that never match; {sum(map(len, hits.values()))} hits")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
