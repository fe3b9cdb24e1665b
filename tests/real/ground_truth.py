#!/usr/bin/env python3
"""Every occurrence in GROUND-TRUTH.tsv is found in the real file: file, records, entity.

usage: ground_truth.py CHAINHUNT SOURCE_FOLDER DATA_FOLDER
"""
import collections
import csv
import re
import sys
import tempfile

from data import data_folder, hunt

# detection -> chain (with its entity taken from the row) or link
CHAINS = {
    ("copy_to_modern", "sliding1s"): "friday_fun.copy_to_admin_share_modern",
    ("copy_from", "sliding1s"): "friday_fun.copy_from_admin_share",
    ("copy_from", "calendar1s"): "calendar.copy_from_calendar",
    ("psexec", "sliding1s"): "lateral_movement.psexec_on_target",
    ("srvsvc_enum", ""): "enumeration.session_sweep",
    ("at_nearmiss(task+atsvc, no srvsvc/At*)", "1h"): "lateral_movement.remote_task",
}
# The same by user and by source, where the row names a person or another machine.
PIVOTS = {
    "copy_to_modern": ["friday_fun.copy_to_admin_share_modern_by_user", "friday_fun.copy_to_admin_share_modern_by_source"],
    "copy_from": ["friday_fun.copy_from_admin_share_by_user", "friday_fun.copy_from_admin_share_by_source"],
    "srvsvc_enum": ["enumeration.session_sweep_by_user"],
    "at_nearmiss(task+atsvc, no srvsvc/At*)": ["lateral_movement.remote_task_by_user"],
}
LINKS = {
    "srvsvc_single": "enumeration.session_enumeration",
    "net_user": "enumeration.net_user_administrator",
    "net_group": "enumeration.net_group_domain_admins",
    "lsadump": "credential_access.lsadump",
}
CALENDAR = """pack calendar version "1.0.0"
import friday_fun
chain copy_from_calendar = friday_fun.copy_from_admin_share { within 1s aligned }
"""


def same_record(row: dict, event: dict) -> bool:
    if event["event_id"] != int(row["eid"]) or event["computer"].split(".")[0].lower() != row["host"].split(".")[0].lower():
        return False
    number = re.search(r"(?:EventRecordID|RecordNumber)=(\d+)", row["fields"])
    if number:
        return event["record_id"] == int(number.group(1))
    return event["time"][:23] == row["time"][:23]


def pivot_problems(row: dict, findings: list[dict]) -> list[str]:
    """The chains by user and by source that lack the row."""
    user = re.search(r"SubjectUserName=(\S+)", row["fields"])
    source = re.search(r"IpAddress=(\S+)", row["fields"])
    lacking = []
    for chain in PIVOTS.get(row["detection"], []) if row["semantics"] != "calendar1s" else []:
        key, value = ("user", user) if chain.endswith("_by_user") else ("source_ip", source)
        if value and not value[1].endswith("$") and value[1] not in ("127.0.0.1", "::1") and not any(
                f["chain"] == chain and f["entity"][key].lower() == value[1].lower() and any(same_record(row, e) for e in f["evidence"]) for f in findings):
            lacking.append(chain)
    return lacking


def main() -> int:
    program, source, data = sys.argv[1:4]
    logs = data_folder(data, source) / "logs"
    rows = list(csv.DictReader(open(logs / "GROUND-TRUTH.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE))
    by_file = collections.defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    problems, checked = [], 0
    with tempfile.NamedTemporaryFile("w", suffix=".chain") as calendar:
        calendar.write(CALENDAR)
        calendar.flush()
        for name, file_rows in sorted(by_file.items()):
            found, _ = hunt(program, "--hits", "-r", f"{source}/rules", "-r", calendar.name, logs / name)
            for row in file_rows:
                checked += 1
                what = f"{row['detection']} {row['semantics']} in {name}, record {row['record']} at {row['time']}"
                link = LINKS.get(row["detection"])
                if link:
                    if not any(o["type"] == "hit" and o["link"] == link and same_record(row, o) for o in found):
                        problems.append(f"not found: {what} by link {link}")
                    continue
                chain = CHAINS[row["detection"], row["semantics"]]
                findings = [o for o in found if o["type"] == "finding" and o["chain"] == chain]
                holding = [f for f in findings if any(same_record(row, e) for e in f["evidence"])]
                if not holding:
                    problems.append(f"not found: {what} by chain {chain} ({len(findings)} findings)")
                    continue
                for pivot in pivot_problems(row, [o for o in found if o["type"] == "finding"]):
                    problems.append(f"not found: {what} by chain {pivot}")
                entity = holding[0]["entity"]
                if "computer" in entity and entity["computer"] != row["host"].split(".")[0].lower():
                    problems.append(f"wrong entity {entity}: {what}")
                if "source_ip" in entity and f"IpAddress={entity['source_ip']} " not in row["fields"]:
                    problems.append(f"wrong entity {entity}: {what}")
            if any(r["detection"].startswith("at_nearmiss") for r in file_rows):
                if any(o.get("chain") == "friday_fun.remote_at_job" for o in found):
                    problems.append(f"{name}: a near miss was taken for a remote At job")
    print("\n".join(problems) or f"all {checked} occurrences found")
    return 1 if problems or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
