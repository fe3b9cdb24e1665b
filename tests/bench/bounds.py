#!/usr/bin/env python3
"""The bounds that docs/performance.md states, measured in one run: ratios, medians, and whether findings are the same.

usage: bounds.py BUILD SOURCE_FOLDER WORK_FOLDER SIZE RUNS [DATA]

BUILD holds chainhunt, bench_match and tests/{write_logs,bench_scan,bench_json}. Logs and rules are written once into WORK_FOLDER.
DATA: the folder of shared data; without it the public Sigma rules are left out.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

BUILD, SOURCE, WORK = map(pathlib.Path, sys.argv[1:4])
SIZE, RUNS = sys.argv[4], int(sys.argv[5])
DATA = pathlib.Path(sys.argv[6]) if len(sys.argv) > 6 else None
PROGRAM, WRITER, SCAN = BUILD / "chainhunt", BUILD / "tests/write_logs", BUILD / "tests/bench_scan"
WINDOWS = SOURCE / "rules/windows"


def log(options: str) -> pathlib.Path:
    target = WORK / re.sub(r"\W+", "_", f"{options} {SIZE}").strip("_")
    note = target.with_name(target.name + ".expect")
    if not note.exists() or note.stat().st_mtime < os.path.getmtime(WRITER):
        subprocess.run(["rm", "-rf", target, note], check=True)
        note.write_text(subprocess.run([WRITER, *options.split(), "--size", SIZE, "-o", target], stderr=subprocess.PIPE, text=True, check=True).stderr)
    return target


def rules(count: int) -> pathlib.Path:
    target = WORK / f"rules_{count}"
    if not target.exists():
        subprocess.run([sys.executable, SOURCE / "tests/bench/write_rules.py", target, "--rules", str(count)], check=True, stdout=subprocess.DEVNULL)
    return target


class Hunt:
    """One run of the program: what --stats says, and what was found."""

    def __init__(self, target, *arguments):
        done = subprocess.run([PROGRAM, "hunt", "--stats", "-f", "jsonl", *arguments, target], capture_output=True, text=True)
        if done.returncode not in (0, 2):  # 2: some rule of a public set is refused
            sys.exit(f"bounds.py: {arguments} {target}: exit {done.returncode}\n{done.stderr[-2000:]}")
        stats = done.stderr
        number = lambda pattern: float(re.search(pattern, stats, re.M).group(1))
        self.rules, self.native, self.read, self.chains = map(float, re.search(
            r"rules ([\d.]+) s, native code ([\d.]+) s, reading and matching ([\d.]+) s, chains ([\d.]+) s", stats).groups())
        self.records, self.bytes = number(r"^records read +(\d+)"), number(r"^bytes read +(\d+)")
        found = re.search(r"([\d.]+) % of them answered from memory", stats)
        self.remembered = float(found.group(1)) if found else None
        self.hits = re.findall(r"^ +(\d+)  (\S+)", stats, re.M)
        self.found = done.stdout


def medians(cases: dict) -> dict:
    """Each case once per run, so that all see the same machine."""
    results = {name: [] for name in cases}
    for _ in range(RUNS):
        for name, case in cases.items():
            results[name].append(case())
    return results


def middle(values) -> float:
    return statistics.median(values)


def line(what: str, value: str, bound: str, note: str = "") -> None:
    print(f"{what:58}{value:>16}   {bound:22}{note}", flush=True)


def scan(target) -> float:
    return float(subprocess.run([SCAN, target], capture_output=True, text=True, check=True).stdout.split()[0])


def private_peak(arguments: list) -> float:
    """Peak of anonymous and shared memory in MB, seen every 20 ms."""
    process = subprocess.Popen([PROGRAM, "hunt", "-f", "jsonl", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max(peak, sum(int(kb) for kb in re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.M)))
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    return peak / 1024


def main() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    print(f"bounds: {SIZE} per log, medians of {RUNS}, each case once per run\n")
    evtx, beat = log("--format evtx"), log("--format winlogbeat")
    shuffled, spaced = log("--format winlogbeat --shuffle"), log("--format winlogbeat --spaced")

    subprocess.run([BUILD / "tests/bench_json", str(RUNS), beat, shuffled, spaced], check=True)
    print("bounds of that: 2.0x of simdjson; shuffled, spaced 0.8x\n")

    one = WORK / "one.chain"
    one.write_text('pack one version "1.0.0"\nimport windows\n/// One rule of four fields.\nlink shell {\n  on process_start\n  where image ends "\\\\vssadmin.exe" and command_line contains "delete shadows" and '
                   'parent_image ends "\\\\cmd.exe" and user == "bob"\n}\n')
    base = ["--threads", "1", "-r", WINDOWS]
    scan(evtx)
    got = medians({"scan": lambda: scan(evtx), "one": lambda: Hunt(evtx, *base, "-r", one), "two": lambda: Hunt(evtx, "--threads", "2", "-r", WINDOWS, "-r", one),
                   "beat1": lambda: Hunt(beat, *base, "-r", one), "beat2": lambda: Hunt(beat, "--threads", "2", "-r", WINDOWS, "-r", one)})
    read = {name: middle([run.read for run in runs]) for name, runs in got.items() if name != "scan"}
    line("EVTX, one rule, one thread, of counting newlines", f"{middle(got['scan']) / read['one']:.2f}x", "0.5x")
    line("two threads against one: EVTX, JSON", f"{read['one'] / read['two']:.2f}x {read['beat1'] / read['beat2']:.2f}x", "1.8x", "reading and matching")

    for name, target in (("EVTX", evtx), ("JSON", beat)):
        cases = {count: (lambda count=count: Hunt(target, *base, "-r", rules(count))) for count in (1, 1000, 3000)}
        got = medians(cases)
        times = {count: middle([run.read for run in runs]) for count, runs in got.items()}
        line(f"{name}: 1,000 rules against 1; 3,000 against 1", f"{times[1000] / times[1]:.2f}x {times[3000] / times[1]:.2f}x", "1.5x; 2.5x",
             f"{got[3000][0].remembered or 0:.0f} % of values answered from memory")
    interpreted = Hunt(beat, *base, "--engine", "interp", "-r", rules(1000))
    native = Hunt(beat, *base, "-r", rules(1000))
    if interpreted.hits != native.hits or interpreted.found != native.found:
        sys.exit("bounds.py: the interpreter finds something else")
    line("1,000 rules, the whole run against the interpreter", f"{interpreted.read / native.read:.1f}x", "(5x, without reading)")
    print("\ndecoded process starts in memory, half of their command lines come once (bounds: 1.5x, 2.5x of one rule; 5x of the interpreter; Sigma 1.0 million a second):", flush=True)
    sigma = ["--rules", DATA / "sigma"] if DATA and (DATA / "sigma").exists() else []
    subprocess.run([BUILD / "bench_match", "--runs", str(RUNS), "--records", "100000", *sigma], check=True)
    print()
    if DATA and (DATA / "sigma").exists():
        for name, target in (("EVTX", evtx), ("JSON", beat)):
            runs = [Hunt(target, "--threads", "1", "-r", DATA / "sigma") for _ in range(max(1, RUNS // 2))]
            seconds = middle([run.read for run in runs])
            line(f"{name}: the public Sigma rules, events a second", f"{runs[0].records / seconds / 1e6:.2f} million", "1.0 million",
                 f"{runs[0].remembered or 0:.0f} % from memory; {runs[0].bytes / seconds / 1e6:.0f} MB/s")
    for count in (1000, 3000):
        runs = [Hunt(SOURCE / "rules/friday_fun/samples", *base, "-r", rules(count)) for _ in range(RUNS)]
        line(f"{count:,} rules: start to the first event", f"{1000 * middle([run.rules + run.native for run in runs]):.0f} ms", "250 ms" if count == 1000 else "600 ms", "nothing is cached")
    line("private memory, shipped packs: EVTX, JSON", f"{private_peak([evtx]):.0f} {private_peak([beat]):.0f} MB", "512 MB")


main()
