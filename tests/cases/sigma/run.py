#!/usr/bin/env python3
"""Sigma on the command line: single files, folders beside .chain files, rules that are left out while others run.

usage: run.py CHAINHUNT SOURCE
"""
import json
import pathlib
import subprocess
import sys
import tempfile

GOOD = """title: A tool
name: tool
level: high
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\tool.exe'}, condition: s}
"""
BAD = """title: Misspelt
logsource: {product: windows, category: process_creation}
detection: {s: {Image|contain: x}, condition: s}
"""
CHECKED = """title: Only the checker sees it
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, condition: s}
---
title: Joined
correlation: {type: temporal, rules: [one, two], group-by: [Computer], timespan: 1m, condition: one or not two}
---
title: One
name: one
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, condition: s}
---
title: Two
name: two
logsource: {product: windows, category: dns_query}
detection: {s: {Image: x}, condition: s}
"""
RECORD = {"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "TimeCreated": {"#attributes": {"SystemTime": "2024-01-01T00:00:00Z"}},
          "EventRecordID": 7, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "WS1"}, "EventData": {"Image": "C:\\x\\tool.exe"}}}


CORRELATED = """title: Guessed
correlation: {type: temporal_ordered, rules: [many_failed, succeeded], group-by: [TargetUserName], timespan: 10m}
level: critical
---
title: Many
name: many_failed
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 3}}
---
title: Failed
name: failed
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: Succeeded
name: succeeded
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: Two or three
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 2, lte: 3}}
---
title: Of many addresses
correlation: {type: value_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gt: 2, field: IpAddress}}
"""


def logon(second, code, user, address):
    return json.dumps({"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": code,
                                            "TimeCreated": {"#attributes": {"SystemTime": f"2024-01-01T00:00:{second:02}Z"}}, "EventRecordID": second + 1,
                                            "Channel": "Security", "Computer": "WS1"}, "EventData": {"TargetUserName": user, "IpAddress": address}}}) + "\n"


def main() -> int:
    program = sys.argv[1]
    failures = []

    def run(*arguments, status):
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        if done.returncode != status:
            failures.append(f"{' '.join(map(str, arguments))}: exit {done.returncode}, not {status}\n{done.stderr}")
        return done

    def expect(what, held):
        if not held:
            failures.append(what)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        log = folder / "log.json"
        log.write_text(json.dumps(RECORD) + "\n")
        rules = folder / "Our Rules"
        (rules / "deep").mkdir(parents=True)
        (rules / "deep" / "tool.yml").write_text(GOOD)

        found = run("hunt", "-f", "jsonl", "-r", rules, log, status=0)
        expect("a folder is a pack of its name: " + found.stdout, '"chain":"our_rules.tool"' in found.stdout and '"severity":"high"' in found.stdout)
        found = run("hunt", "-f", "jsonl", "-r", rules / "deep" / "tool.yml", log, status=0)
        expect("a file belongs to its folder's pack", '"chain":"deep.tool"' in found.stdout)
        run("hunt", "--fail-on-finding", "-r", rules, log, status=1)
        run("check", rules, "--skip", "no-tests", "--skip", "missing-meta", status=0)
        run("test", rules, status=0)
        expect("explain says that it fired", "tool" in run("explain", "tool", log, "-r", rules, status=0).stdout)

        (rules / "bad.yaml").write_text(BAD)
        found = run("hunt", "-f", "jsonl", "-r", rules, log, status=2)
        expect("the others run on", '"chain":"our_rules.tool"' in found.stdout)
        expect("the error names rule and line: " + found.stderr, "bad.yaml:3:23: error[sigma-modifier]" in found.stderr)
        run("check", rules, status=2)

        (rules / "bad.yaml").write_text(CHECKED)
        found = run("hunt", "-f", "jsonl", "-r", rules, log, status=2)
        expect("what only the checker sees is left out as well: " + found.stderr, '"chain":"our_rules.tool"' in found.stdout and "bad.yaml:6:" in found.stderr)
        (rules / "bad.yaml").unlink()

        # Correlations, one upon another: eve is guessed, bob fails only twice, carl four times (of which three are in range).
        guesses = folder / "guesses.json"
        guesses.write_text("".join([logon(0, 4625, "eve", "10.0.0.1"), logon(1, 4625, "eve", "10.0.0.2"), logon(2, 4625, "eve", "10.0.0.3"), logon(3, 4624, "eve", "10.0.0.3"),
                                    logon(4, 4625, "bob", "10.0.0.1"), logon(5, 4625, "bob", "10.0.0.1"), logon(6, 4624, "bob", "10.0.0.1"),
                                    *[logon(10 + i, 4625, "carl", "10.0.0.1") for i in range(4)]]))
        (folder / "correlated.yml").write_text(CORRELATED)
        found = run("hunt", "-f", "jsonl", "--complete", "-r", folder / "correlated.yml", guesses, status=0)
        seen = sorted((finding["chain"].split(".")[1], finding["entity"]["target_user_name"], finding["events"]) for finding in map(json.loads, found.stdout.splitlines()))
        wanted = [("guessed", "eve", 4), ("many_failed", "carl", 4), ("many_failed", "eve", 3), ("of_many_addresses", "eve", 3), ("two_or_three", "bob", 2), ("two_or_three", "carl", 3), ("two_or_three", "eve", 3),
                  ("two_or_three_more", "carl", 4)]
        expect(f"correlations: {seen}", seen == wanted)

        # Beside .chain files: links of both in one chain.
        site = folder / "site"
        site.mkdir()
        (site / "site.chain").write_text('pack site version "1.0.0"\nimport our_rules\nchain twice { match our_rules.tool_event by computer within 1m }\n')
        found = run("hunt", "-f", "jsonl", "-r", site, "-r", rules, log, status=0)
        expect("a chain of links from Sigma: " + found.stdout + found.stderr, '"chain":"site.twice"' in found.stdout)

        printed = run("sigma", rules, status=0).stdout
        (folder / "our_rules").mkdir()
        (folder / "our_rules" / "tool.chain").write_text(printed)
        found = run("hunt", "-f", "jsonl", "-r", folder / "our_rules", log, status=0)
        expect("the printed rule finds the same", '"chain":"our_rules.tool"' in found.stdout)
        run("fmt", "--check", folder / "our_rules", status=0)
        run("sigma", site, status=3)
        (folder / "empty").mkdir()
        expect("no rule at all", "no .chain file in" in run("hunt", "-r", folder / "empty", log, status=3).stderr)

    print("\n".join(failures) or "fine")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
