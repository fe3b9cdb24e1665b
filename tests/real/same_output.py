#!/usr/bin/env python3
"""Findings on all shared logs do not depend on the engine, the threads, the memory, or the order and split of the files.

usage: same_output.py CHAINHUNT SOURCE_FOLDER DATA_FOLDER
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

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
        "hits on disk": ["--threads", "1", "--memory", "1MB", logs],
        "hits on disk, two threads": ["--threads", "2", "--memory", "1MB", logs],
    }.items():
        if hunt(program, *base, *arguments)[1] != text:
            print(f"{name}: another output")
            return 1
    spilled = subprocess.run([program, "hunt", *base, "--stats", "--memory", "1MB", str(logs)], capture_output=True, text=True).stderr
    if "hits on disk" not in spilled:
        print("1 MB of memory did not do without the disk: nothing was compared")
        return 1
    files = sorted(str(p) for p in logs.rglob("*") if p.is_file() and p.suffix in (".evtx", ".json", ".ndjson", ".gz"))
    files = [f for f in files if not f.endswith("decoded.ndjson.gz")]
    expected = without_source(hunt(program, *base, *files)[0])
    random.Random(7).shuffle(files)
    if without_source(hunt(program, *base, "--threads", "2", *files)[0]) != expected:
        print("files in another order: another output")
        return 1
    # Dealt out line by line, a log's records stand in two files, neither of which begins or ends where the log does.
    lines = max((p for p in map(pathlib.Path, files) if p.suffix in (".json", ".ndjson")), key=lambda p: p.stat().st_size)
    whole = without_source(hunt(program, *base, str(lines))[0])
    with tempfile.TemporaryDirectory() as folder:
        halves = [pathlib.Path(folder) / name for name in ("a.json", "b.json")]
        content = lines.read_bytes().splitlines(keepends=True)
        for i, half in enumerate(halves):
            half.write_bytes(b"".join(content[i::2]))
        if without_source(hunt(program, *base, *map(str, halves))[0]) != whole:
            print(f"{lines} in two halves: another output")
            return 1
    print(f"{len(objects)} lines, {findings} of them findings, the same in seven runs; {len(whole)} lines of {lines.name} in two halves")
    return 0


if __name__ == "__main__":
    sys.exit(main())
