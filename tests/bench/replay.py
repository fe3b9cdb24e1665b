#!/usr/bin/env python3
"""A replay of generated logs with the shipped packs, against reading the same bytes and counting newlines.

usage: replay.py WRITE_LOGS SCAN CHAINHUNT SOURCE_FOLDER WORK_FOLDER SIZE RUNS

Logs are written once into WORK_FOLDER. All numbers are of this run; ratios are what counts.
"""
import collections
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

WRITER, SCAN, PROGRAM, SOURCE, WORK, SIZE, RUNS = sys.argv[1:8]
RUNS = int(RUNS)
CASES = {
    "evtx": "--format evtx",
    "winlogbeat": "--format winlogbeat",
    "winlogbeat shuffled, spaced": "--format winlogbeat --shuffle --spaced",
    "flat": "--format flat",
    "nxlog": "--format nxlog",
}


def logs(options: str) -> tuple[pathlib.Path, dict[str, int]]:
    """The log, and the findings that must come of it."""
    name = re.sub(r"\W+", "_", f"{options} {SIZE}").strip("_")
    target, note = pathlib.Path(WORK) / name, pathlib.Path(WORK) / f"{name}.expect"
    # The note is written last: a log without one is not whole, one older than the writer not its own.
    if not note.exists() or note.stat().st_mtime < os.path.getmtime(WRITER):
        subprocess.run(["rm", "-rf", target, note], check=True)
        done = subprocess.run([WRITER, *options.split(), "--size", SIZE, "-o", target], stderr=subprocess.PIPE, text=True, check=True)
        note.write_text(done.stderr)
    return target, {chain: int(count) for chain, count in re.findall(r"^expect (\S+) (\d+)$", note.read_text(), re.M)}


def scan(target: pathlib.Path) -> tuple[float, int]:
    out = subprocess.run([SCAN, target], capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), int(out[1])


def hunt(target: pathlib.Path, threads: int, expected: dict[str, int]) -> dict[str, float]:
    start = time.monotonic()
    done = subprocess.run([PROGRAM, "hunt", "--stats", "-f", "jsonl", "--threads", str(threads), "-r", f"{SOURCE}/rules", target],
                          capture_output=True, text=True, check=True)
    seconds = time.monotonic() - start
    found = collections.Counter(re.findall(r'^\{"type":"finding","chain":"([^"]+)"', done.stdout, re.M))
    wrong = {chain: found[chain] for chain, count in expected.items() if found[chain] != count}
    if wrong:
        sys.exit(f"replay.py: {target}: planted {expected}, found {wrong}")
    times = re.search(r"reading and matching ([\d.]+) s, chains ([\d.]+) s", done.stderr)
    return {
        "all": seconds, "read": float(times.group(1)), "chains": float(times.group(2)),
        "records": int(re.search(r"records read +(\d+)", done.stderr).group(1)),
        "hits": sum(int(n) for n in re.findall(r"^ +(\d+)  \w+\.\w+", done.stderr, re.M)),
        "memory": int(re.search(r"peak memory +(\d+)", done.stderr).group(1)), "findings": sum(found.values()),
    }


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


print(f"replay: {SIZE} per log, shipped packs, median (range) of {RUNS}; scan: the same bytes read and newlines counted, one thread")
print(f"{'log':29}{'threads':>7}{'scan MB/s':>10}{'read s':>19}{'MB/s':>7}{'chains s':>19}{'whole s':>19}{'read/scan':>10}{'whole/scan':>11}"
      f"{'records':>9}{'hits':>9}{'findings':>9}{'MB':>6}")
for name, options in CASES.items():
    target, expected = logs(options)
    scan(target)  # into the cache of the system, for all alike
    for threads in (1, 2):
        scans, hunts = [], []
        for _ in range(RUNS):
            scans.append(scan(target))
            hunts.append(hunt(target, threads, expected))
        size = scans[0][1]
        scanned, read, whole = statistics.median(s[0] for s in scans), statistics.median(h["read"] for h in hunts), statistics.median(h["all"] for h in hunts)
        last = hunts[-1]
        print(f"{name:29}{threads:>7}{size / scanned / 1e6:>10.0f}{middle([h['read'] for h in hunts]):>19}{size / read / 1e6:>7.0f}"
              f"{middle([h['chains'] for h in hunts]):>19}{middle([h['all'] for h in hunts]):>19}{read / scanned:>9.1f}x{whole / scanned:>10.1f}x"
              f"{last['records']:>9}{last['hits']:>9}{last['findings']:>9}{last['memory']:>6}", flush=True)
