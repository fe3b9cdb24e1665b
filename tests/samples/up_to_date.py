#!/usr/bin/env python3
"""The committed sample logs are what write_samples writes.

usage: up_to_date.py WRITE_SAMPLES SOURCE_FOLDER
"""
import pathlib
import subprocess
import sys
import tempfile

program, source = sys.argv[1:3]
committed = {p.name: p.read_bytes() for p in (pathlib.Path(source) / "rules/friday_fun/samples").glob("*.evtx")}
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([program, folder], check=True)
    written = {p.name: p.read_bytes() for p in pathlib.Path(folder).glob("*.evtx")}
if not written or committed != written:
    sys.exit(f"rules/friday_fun/samples differs from what {program} writes; ./dev samples renews it")
print(f"{len(written)} samples are up to date")
