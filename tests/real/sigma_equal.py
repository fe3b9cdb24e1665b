#!/usr/bin/env python3
"""The evaluator of Sigma's specification (sigma_evaluator.py) and the engine agree on every Windows rule and event.

usage: sigma_equal.py CHAINHUNT SOURCE DATA [--all]

Without --all, a sample: all rules, over every EVTX file and two of the NDJSON files.
"""
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from data import SKIPPED, data_folder

try:
    import yaml
except ImportError:
    print("skipped: PyYAML (python3-yaml) is not installed")
    sys.exit(SKIPPED)
from sigma_evaluator import Event, Rule


def text(value):
    """JSON values as the log prints them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [text(item) for item in value if item is not None]
    return str(value)


def name(key, record):
    """What stands in UserData is named with the element around it."""
    return key.split(".", 1)[-1] if record.get("kind") == "UserData" else key


def decoded_events(data):
    with gzip.open(data / "logs" / "decoded.ndjson.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Event(record.get("Channel") or "", record.get("Provider") or "", record.get("EventID"), record.get("Computer") or "", int(record.get("EventRecordID") or record["rid"]),
                        {name(k, record): text(v) for k, v in (record.get("data") or {}).items()}, record["file"])


# Of NXLog's records: what stands beside the event's own fields. The rendered message is no field: EVTX has none, and
# keywords are looked for in fields (docs/sigma.md).
HEADER = {"EventID", "Channel", "SourceName", "Hostname", "RecordNumber", "EventTime", "EventReceivedTime", "@timestamp", "@version", "host", "port", "tags", "type",
          "SourceModuleName", "SourceModuleType", "ProviderGuid", "Severity", "SeverityValue", "Keywords", "Task", "Opcode", "OpcodeValue", "Version",
          "ExecutionProcessID", "ThreadID", "Category", "TimeCreated", "Level", "Message"}


def json_events(path):
    """NXLog's flat records (header and fields side by side) and Winlogbeat's; records of other layouts are passed over."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if not isinstance(record, dict):
                continue
            if "log_name" in record and "event_id" in record:
                fields = {k: text(v) for k, v in {**record.get("event_data", {}), **record.get("user_data", {})}.items() if v is not None}
                yield Event(record["log_name"], record.get("source_name", ""), record["event_id"], record.get("computer_name", ""), int(record["record_number"]), fields, path)
            elif "Channel" in record and "EventID" in record and "SourceName" in record:
                fields = {k: text(v) for k, v in record.items() if v is not None}
                yield Event(record["Channel"] or "", record["SourceName"] or "", record["EventID"], record.get("Hostname") or "", record.get("RecordNumber"), fields, path, HEADER)


def rules(data):
    out = []
    for path in sorted((data / "sigma").rglob("*.yml")):
        if "correlation" in path.parts:
            continue
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if document and "detection" in document and document["logsource"].get("product") == "windows":
                try:
                    rule = Rule(document)
                except (ValueError, KeyError) as e:
                    print(f"{path.name}: not evaluated: {e}")
                    continue
                if rule.where:
                    rule.name = path.stem + "_event"
                    out.append(rule)
    return out


def main() -> int:
    program, data = sys.argv[1], data_folder(sys.argv[3], sys.argv[2])
    every = "--all" in sys.argv
    logs = data / "logs"
    ndjson = sorted(path for path in (logs / "ndjson").rglob("*") if path.is_file())
    if not every:
        ndjson = sorted(ndjson, key=lambda path: path.stat().st_size)[4:6]
    evtx = sorted(path for path in logs.rglob("*.evtx"))

    start = time.time()
    all_rules = rules(data)
    by_kind = collections.defaultdict(list)
    for rule in all_rules:
        for channel, code in rule.where:
            by_kind[channel, code].append(rule)
    wanted = collections.defaultdict(int)
    events = 0
    read = set()
    sources = [("evtx", decoded_events(data))] + [("json", json_events(path)) for path in ndjson]
    for kind, stream in sources:
        for event in stream:
            events += 1
            read.add((str(event.where).split("/logs/")[-1], event.record))
            channel = event.channel.lower()
            file = str(event.where).split("/logs/")[-1]
            candidates = {id(rule): rule for key in ((channel, event.code), (channel, None), (None, None)) for rule in by_kind.get(key, ())}
            for rule in candidates.values():
                if rule.reads(event) and rule.matches(event):
                    wanted[rule.name, file, event.record] += 1
    print(f"evaluator: {len(all_rules)} rules, {events} events, {len(wanted)} matches, {time.time() - start:.0f} s", flush=True)

    seen = collections.defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "hits.jsonl"
        done = subprocess.run([program, "hunt", "-f", "jsonl", "--hits", "--keep-duplicates", "-r", str(data / "sigma"), "-o", str(output), *map(str, evtx), *map(str, ndjson)],
                              capture_output=True, text=True, timeout=3600)
        if not output.exists():
            print(done.stderr[-3000:])
            return 1
        names = {rule.name for rule in all_rules}
        for line in output.open(encoding="utf-8"):
            if not line.startswith('{"type":"hit"'):
                continue
            hit = json.loads(line)
            name = hit["link"].split(".")[-1]
            if name in names:
                seen[name, str(hit["source"]).split("/logs/")[-1], hit["record_id"]] += 1
    print(f"engine: {len(seen)} matches", flush=True)
    missing = [key for key in wanted if seen.get(key, 0) < wanted[key]]
    extra = [key for key in seen if seen[key] > wanted.get(key, 0) and key[1:] in read]
    for title, keys in (("only the evaluator", missing), ("only the engine", extra)):
        print(f"{title}: {len(keys)}")
        for key, count in collections.Counter(key[0] for key in keys).most_common(40):
            example = next(k for k in keys if k[0] == key)
            print(f"  {count:6}  {key}  {example[1]} record {example[2]}")
    return 1 if missing or extra or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
