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
import resource
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


def scan(target: pathlib.Path) -> dict[str, float]:
    out = subprocess.run([SCAN, target], capture_output=True, text=True, check=True).stdout.split()
    return {"all": float(out[0]), "processor": float(out[1]), "bytes": int(out[2])}


def hunt(target: pathlib.Path, threads: int, expected: dict[str, int]) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run([PROGRAM, "hunt", "--stats", "-f", "jsonl", "--threads", str(threads), "-r", f"{SOURCE}/rules", target],
                          capture_output=True, text=True, check=True)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = collections.Counter(re.findall(r'^\{"type":"finding","chain":"([^"]+)"', done.stdout, re.M))
    wrong = {chain: found[chain] for chain, count in expected.items() if found[chain] != count}
    if wrong:
        sys.exit(f"replay.py: {target}: planted {expected}, found {wrong}")
    times = re.search(r"reading and matching ([\d.]+) s, chains ([\d.]+) s", done.stderr)
    return {
        "all": seconds, "processor": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "read": float(times.group(1)), "chains": float(times.group(2)),
        "records": int(re.search(r"records read +(\d+)", done.stderr).group(1)),
        "hits": sum(int(n) for n in re.findall(r"^ +(\d+)  \w+\.\w+", done.stderr, re.M)),
        "memory": int(re.search(r"peak memory +(\d+)", done.stderr).group(1)), "findings": sum(found.values()),
    }


def middle(values: list[dict[str, float]], name: str) -> float:
    return statistics.median(value[name] for value in values)


def shown(values: list[dict[str, float]], name: str) -> str:
    return f"{middle(values, name):.2f} ({min(v[name] for v in values):.2f}-{max(v[name] for v in values):.2f})"


print(f"""
replay: {SIZE} per log, shipped packs, median (range) of {RUNS}
  scan: the same bytes read, from the system's cache, and newlines counted with memchr, one thread
  read/scan: reading and matching against it; all/scan: processor time of the whole hunt against that of the scan""")
print(f"{'log':29}{'threads':>8}{'scan MB/s':>10}{'read MB/s':>10}{'read s':>18}{'chains s':>18}{'processor s':>18}{'read/scan':>10}{'all/scan':>9}"
      f"{'records':>9}{'hits':>8}{'findings':>9}{'MB':>6}")
for name, options in CASES.items():
    target, expected = logs(options)
    scan(target)  # into the system's cache, for all alike
    for threads in (1, 2):
        scans, hunts = [], []
        for _ in range(RUNS):
            scans.append(scan(target))
            hunts.append(hunt(target, threads, expected))
        megabytes, last = scans[0]["bytes"] / 1e6, hunts[-1]
        print(f"{name:29}{threads:>8}{megabytes / middle(scans, 'all'):>10.0f}{megabytes / middle(hunts, 'read'):>10.0f}{shown(hunts, 'read'):>18}"
              f"{shown(hunts, 'chains'):>18}{shown(hunts, 'processor'):>18}{middle(hunts, 'read') / middle(scans, 'all'):>9.1f}x"
              f"{middle(hunts, 'processor') / middle(scans, 'processor'):>8.1f}x{last['records']:>9}{last['hits']:>8}{last['findings']:>9}"
              f"{last['memory']:>6}", flush=True)
