#!/usr/bin/env python3
"""Generated logs are read back whole, and what was planted in them is found exactly as often as stated.

usage: run.py WRITE_LOGS CHAINHUNT SOURCE_FOLDER
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WRITER, PROGRAM, SOURCE = sys.argv[1:4]
failures: list[str] = []

CASES = [
    "--format evtx --seed 1",
    "--format evtx --seed 2 --file-size 200kB --days 30",
    "--format winlogbeat --seed 1",
    "--format winlogbeat --seed 2 --shuffle --spaced",
    "--format flat --seed 1",
    "--format flat --seed 3 --shuffle --days 3 --start 2023-12-30T22:00:00Z",
    "--format nxlog --seed 1",
    "--format nxlog --seed 4 --spaced --days 0.05",
]


def write(options: str, target: pathlib.Path) -> tuple[int, dict[str, int]]:
    """Records written, and findings that must come of them."""
    done = subprocess.run([WRITER, "--size", "1MB", *options.split(), "-o", target], capture_output=True, text=True, check=True)
    records = int(re.search(r"write_logs: (\d+) records", done.stderr).group(1))
    expected = {chain: int(count) for chain, count in re.findall(r"^expect (\S+) (\d+)$", done.stderr, re.M)}
    return records, expected


def check(options: str, folder: pathlib.Path) -> None:
    target = folder / re.sub(r"\W+", "_", options)
    records, expected = write(options, target)
    if len(expected) < 5 or min(expected.values()) < 2:
        failures.append(f"{options}: too little was planted: {expected}")
    done = subprocess.run([PROGRAM, "hunt", "--stats", "-f", "jsonl", "-r", f"{SOURCE}/rules", target], capture_output=True, text=True)
    # --stats names each damaged place on a line of its own, and counts what lacks a time or is there twice.
    stats = dict(re.findall(r"^ *(records read|without a time|lost in damage|duplicates) +(\d+)", done.stderr, re.M))
    if done.returncode != 0 or re.search(r"^chainhunt:", done.stderr, re.M):
        failures.append(f"{options}: exit {done.returncode}\n{done.stderr[:600]}")
        return
    if stats != {"records read": str(records), "without a time": "0", "lost in damage": "0", "duplicates": "0"}:
        failures.append(f"{options}: {records} records written, read: {stats}")
    found = collections.Counter(json.loads(line)["chain"] for line in done.stdout.splitlines())
    for chain, count in expected.items():
        if found[chain] != count:
            failures.append(f"{options}: {chain} planted {count} times, found {found[chain]} times")
    if target.is_file():
        lines = [json.loads(line) for line in target.read_text().splitlines()]
        if len(lines) != records:
            failures.append(f"{options}: {records} records, {len(lines)} lines")
    print(f"{options}: {records} records, {sum(expected.values())} planted findings")


with tempfile.TemporaryDirectory() as scratch:
    for case in CASES:
        check(case, pathlib.Path(scratch))
    # Equal options, equal bytes; another seed, another log.
    bytes_of = {}
    for name, seed in [("a", 1), ("b", 1), ("c", 2)]:
        path = pathlib.Path(scratch) / name
        write(f"--format flat --shuffle --seed {seed}", path)
        bytes_of[name] = path.read_bytes()
    if bytes_of["a"] != bytes_of["b"] or bytes_of["a"] == bytes_of["c"]:
        failures.append("the seed does not decide the log")
if failures:
    sys.exit("\n".join(failures))
