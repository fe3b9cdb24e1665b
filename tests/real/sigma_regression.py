#!/usr/bin/env python3
"""Every case of logs/sigma-regression, the EVTX and its JSON twin, must match with the Sigma rule whose id it bears.

usage: sigma_regression.py CHAINHUNT SOURCE DATA
"""
import pathlib
import re
import subprocess
import sys
import json

from data import data_folder


def main() -> int:
    program, source, data = sys.argv[1], sys.argv[2], data_folder(sys.argv[3], sys.argv[2])
    cases = sorted((data / "logs" / "sigma-regression").glob("*.evtx"))
    rules = {}
    for path in (data / "sigma").rglob("*.yml"):
        found = re.search(r"^id: *['\"]?([0-9a-f-]{36})", path.read_text(encoding="utf-8"), re.M)
        if found:
            rules[found.group(1)] = path
    arguments = [program, "hunt", "-f", "jsonl", "--hits", "--keep-duplicates"]
    for case in cases:
        arguments += ["-r", str(rules[case.stem])]
    done = subprocess.run([*arguments, str(data / "logs" / "sigma-regression")], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        print(done.stderr[-4000:])
        return 1
    seen = {}
    for line in done.stdout.splitlines():
        hit = json.loads(line)
        if hit["type"] == "hit":
            seen.setdefault(pathlib.Path(hit["source"]).name, set()).add(hit["link"].split(".")[-1])
    failed = 0
    for case in cases:
        wanted = rules[case.stem].stem + "_event"
        for name in (case.name, case.with_suffix(".json").name):
            if wanted not in seen.get(name, set()):
                failed += 1
                print(f"{name}: {wanted} does not match")
    print(f"{len(cases)} cases, each as EVTX and JSON: {failed} do not match")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
