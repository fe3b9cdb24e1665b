#!/usr/bin/env python3
"""The shared EVTX files as other tools export them give the findings that they give themselves.

usage: exports.py CHAINHUNT SOURCE_FOLDER DATA_FOLDER

XML is what evtxexport (libevtx) makes of an EVTX file: another decoder and another spelling of numbers and GUIDs.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from data import SKIPPED, data_folder, hunt


def told(objects: list[dict]) -> list[str]:
    """What a finding says, without how its values are spelled."""
    return [json.dumps([o["chain"], o["entity"], o["first"][:19], o["last"][:19], o["events"]]) for o in objects if o["type"] == "finding"]


def main() -> int:
    program, source, data = sys.argv[1:4]
    logs = data_folder(data, source) / "logs"
    if shutil.which("evtxexport") is None:
        print("skipped: no evtxexport here")
        return SKIPPED
    rules = ["-r", f"{source}/rules"]
    compared = findings = 0
    with tempfile.TemporaryDirectory() as folder:
        # Where there is something to compare.
        told_of = {event["source"] for o in hunt(program, *rules, *logs.rglob("*.evtx"))[0] for event in o.get("evidence", [])}
        for path in sorted(map(pathlib.Path, told_of)):
            expected = told(hunt(program, *rules, path)[0])
            if not expected:
                continue
            xml = pathlib.Path(folder) / f"{path.stem}.xml"
            text = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True).stdout
            begin = text.find(b"<Event")
            if begin < 0:  # a file that the other tool does not read
                continue
            xml.write_bytes(text[begin:])  # its first line is no XML
            seen = told(hunt(program, *rules, xml)[0])
            if seen != expected:
                print(f"{path}: as XML other findings\n  expected {expected}\n  found {seen}")
                return 1
            compared += 1
            findings += len(expected)
    print(f"{compared} files with {findings} findings give the same as XML")
    return 0 if compared >= 10 else 1


if __name__ == "__main__":
    sys.exit(main())
