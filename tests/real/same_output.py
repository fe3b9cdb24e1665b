#!/usr/bin/env python3
"""Findings on all shared logs do not depend on the engine, the threads, or the order of the files.

usage: same_output.py CHAINHUNT SOURCE_FOLDER DATA_FOLDER
"""
import json
import random
import sys

from data import data_folder, hunt


def without_source(objects: list[dict]) -> list[str]:
    # A record that stands in two files may be named by either: only `source` may differ.
    for item in objects:
        item.pop("source", None)
        for event in item.get("evidence", []):
            event.pop("source", None)
    return [json.dumps(item) for item in objects]


def main() -> int:
    program, source, data = sys.argv[1:4]
    logs = data_folder(data, source) / "logs"
    base = ["--hits", "-r", f"{source}/rules"]
    objects, text = hunt(program, *base, "--threads", "1", logs)
    findings = sum(o["type"] == "finding" for o in objects)
    if findings < 20:
        print(f"only {findings} findings in all logs")
        return 1
    for name, arguments in {
        "two threads": ["--threads", "2", logs],
        "the interpreter": ["--threads", "1", "--engine", "interp", logs],
    }.items():
        if hunt(program, *base, *arguments)[1] != text:
            print(f"{name}: another output")
            return 1
    files = sorted(str(p) for p in logs.rglob("*") if p.is_file() and p.suffix in (".evtx", ".json", ".ndjson", ".gz"))
    files = [f for f in files if not f.endswith("decoded.ndjson.gz")]
    expected = without_source(hunt(program, *base, *files)[0])
    random.Random(7).shuffle(files)
    if without_source(hunt(program, *base, "--threads", "2", *files)[0]) != expected:
        print("files in another order: another output")
        return 1
    print(f"{len(objects)} lines, {findings} of them findings, the same in five runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
