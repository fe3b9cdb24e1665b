#!/usr/bin/env python3
"""Every KQL query is parsed and bound, functions and columns included, by Kusto's own language service.

It comes from npm into FOLDER when the test first runs; without node, npm or the package the test is skipped.

usage: kql.py CHAINHUNT SOURCE FOLDER
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
PACKAGE = "@kusto/language-service-next"
VERSION = "12.4.1"


def skip(why: str) -> None:
    print(f"skipped: {why}")
    sys.exit(77)


def service() -> None:
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node or npm is not installed")
    if (FOLDER / "node_modules" / PACKAGE / "package.json").exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER), f"{PACKAGE}@{VERSION}"], capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        skip(f"npm did not bring {PACKAGE} in time")
    if done.returncode != 0:
        skip(f"npm has no {PACKAGE}")


def complaints(files: list) -> list:
    done = subprocess.run(["node", str(SOURCE / "tests/cases/export/kql.js"), str(FOLDER.resolve()), str(SOURCE / "compiler/export/backends/kql.cpp"), *map(str, files)], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1) or done.stderr:
        return [done.stdout + done.stderr]
    return done.stdout.splitlines()


def main() -> int:
    service()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        shipped = [path for path in sorted((SOURCE / "rules").iterdir()) if path.is_dir() and path.name != "windows"]
        for rules in (shipped, [SOURCE / "tests/cases/export/hostile.chain"]):
            subprocess.run([PROGRAM, "export", "--to", "kql", *map(str, rules), "-o", folder + "/"], capture_output=True, timeout=300)
        files = sorted(pathlib.Path(folder).glob("*.kql"))
        failures += complaints(files)
        for number, wrong in enumerate(("SecurityEvent | where EventID = 1", "SecurityEvent | where Nothing == 1", 'SecurityEvent | where CommandLine == @"x', "Event | where ipv4_is_match(Source)")):
            file = pathlib.Path(folder, f"wrong_{number}.kql")
            file.write_text(wrong)
            if not complaints([file]):
                failures.append(f"no complaint about {wrong!r}")
    print("\n".join(failures) or f"{len(files)} queries parsed and bound")
    return 1 if failures or not files else 0


sys.exit(main())
