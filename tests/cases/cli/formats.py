#!/usr/bin/env python3
"""Output for other tools is what those tools read: csv by a reader of RFC 4180, timesketch by what its importer asks for.

usage: formats.py CHAINHUNT
"""
import csv
import datetime
import io
import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
failures: list[str] = []

RULES = """pack odd version "1.0.0"
source app {
  provider "P"
  channel  "Security"
  event 1 "one" { Name: text  Path: path  message: text }
}
/// Anything.
link any_one {
  on   app 1
  show name, path, message
  need execution
  attack T1059.001
}
/// Two of them.
chain twice {
  match  2 any_one
  by     computer
  within 10m
  severity high
}
"""

# What breaks tables, formulas, JSON and pages.
ODD = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(1)", "\tx", "\rx", 'a "quoted", b', "two\nlines", "two\r\nlines", "semi; colon", "", "<script>alert(1)</script>", "é日本\U0001f600",
       "\ud800", "\u2028", "null", "a,b", "'", "\x00\x01"]


def record(second: int, name: str) -> str:
    return json.dumps({"@timestamp": f"2024-05-03T10:00:{second:02}.1234567Z", "winlog": {
        "channel": "Security", "event_id": 1, "provider_name": "P", "computer_name": f"=host{second // 2},\"x\"", "record_id": second + 1,
        "event_data": {"Name": name, "Path": name, "message": name}}})


def hunt(folder: pathlib.Path, *arguments: str) -> str:
    done = subprocess.run([PROGRAM, "hunt", "-r", folder / "odd.chain", *arguments, folder / "odd.json"], capture_output=True)
    if done.returncode != 0:
        failures.append(f"{arguments}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8")  # strict: what is written is UTF-8


def check_csv(folder: pathlib.Path, findings: list[dict], hits: list[dict]) -> None:
    text = hunt(folder, "-f", "csv", "--hits")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len({len(row) for row in rows}) != 1:
        failures.append(f"csv: rows of different lengths: {sorted({len(row) for row in rows})}")
        return
    table = [dict(zip(rows[0], row)) for row in rows[1:]]
    if any(not line.endswith("\r") for line in text.split("\n")[:1]):
        failures.append("csv: lines do not end with CRLF")
    if dangerous := [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]:
        failures.append(f"csv: a cell that is a formula: {dangerous[0]!r}")
    found = [row for row in table if row["type"] == "finding"]
    if [(row["name"], row["severity"], row["first"], row["events"]) for row in found] != [(f["chain"], f["severity"], f["first"], str(f["events"])) for f in findings]:
        failures.append(f"csv: other findings than jsonl: {found[:2]}")
    seen = [row for row in table if row["type"] == "hit"]
    if [(row["name"], row["first"], row["record_id"]) for row in seen] != [(h["link"], h["time"], str(h["record_id"])) for h in hits]:
        failures.append("csv: other hits than jsonl")
    if not found or not seen or any("T1059.001" not in row["attack"] for row in table):
        failures.append("csv: techniques are missing")
    if len(hunt(folder, "-f", "csv").splitlines()) >= len(text.splitlines()):
        failures.append("csv: hits without --hits")


def check_timesketch(folder: pathlib.Path, findings: list[dict]) -> None:
    lines = hunt(folder, "-f", "timesketch").split("\n")
    events = [json.loads(line) for line in lines if line]
    if len(events) != sum(len(f["evidence"]) for f in findings) or not events:
        failures.append(f"timesketch: {len(events)} events")
    for event, proof in zip(events, [proof for f in findings for proof in f["evidence"]]):
        # What the importer asks for.
        if not all(isinstance(event.get(key), str) and event[key] for key in ("message", "datetime", "timestamp_desc")):
            failures.append(f"timesketch: not to be imported: {event}")
            break
        when = datetime.datetime.fromisoformat(event["datetime"][:26] + "+00:00")
        micros = (when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)
        if event["timestamp"] != micros or event["datetime"] != proof["time"]:
            failures.append(f"timesketch: {event['datetime']} is not {event['timestamp']} or {proof['time']}")
        if event["tag"] != ["T1059.001", "chainhunt"] or event["computer_name"] != proof["computer"] or event["record_number"] != str(proof["record_id"]):
            failures.append(f"timesketch: not what jsonl says: {event}")
        if event.get("name", "") != proof["fields"].get("name", "") or event.get("field_message", "") != proof["fields"].get("message", ""):
            failures.append(f"timesketch: fields differ: {event}")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "odd.chain").write_text(RULES)
        (folder / "odd.json").write_text("\n".join(record(i, name) for i, name in enumerate(ODD)) + "\n")
        lines = [json.loads(line) for line in hunt(folder, "-f", "jsonl", "--hits").split("\n") if line]
        findings, hits = [x for x in lines if x["type"] == "finding"], [x for x in lines if x["type"] == "hit"]
        if len(findings) < 5 or len(hits) != len(ODD):
            failures.append(f"jsonl: {len(findings)} findings, {len(hits)} hits")
        check_csv(folder, findings, hits)
        check_timesketch(folder, findings)
    if failures:
        sys.exit("\n".join(failures))


main()
