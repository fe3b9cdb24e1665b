#!/usr/bin/env python3
"""The command line as a user meets it: exit codes, messages, limits. Everything is made here, in a scratch folder.

usage: run.py CHAINHUNT SOURCE_FOLDER
"""
import fcntl
import gzip
import json
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import zipfile

from cli import Cli

PROGRAM, SOURCE = sys.argv[1:3]
cli = Cli(PROGRAM)
run, failures = cli.run, cli.failures

RULE = """pack mine version "0.1.0"
import windows

link a { on security 5145  where share_name ends "$"  need data_movement }
link b { on system 7045  need execution }
chain c {
  match a then b
  by computer
  within 1m
}
"""
ABSENT_RULE = """pack absent version "0.1.0"
import windows

link started { on system 7045 }
link stopped { on system 7045  where service_name == "never" }
chain nothing_after { match started then within 20s not stopped by computer within 1m }
chain nothing_before { match not stopped then within 20s started by computer within 1m }
"""
RARE_RULE = """pack rare version "0.1.0"
import windows

link seldom_service { on system 7045  keep rare service_name by computer below 3 }
link new_service { on system 7045  keep first service_name by computer }
chain seldom { match seldom_service by computer within 1s }
chain new { match new_service by computer within 1s }
"""
BAD_RULE = RULE.replace("share_name", "shear_name")


def record(seconds: float, event_id: int, channel: str, provider: str, number: int, **fields) -> str:
    system = {
        "Provider": {"#attributes": {"Name": provider}}, "EventID": event_id, "EventRecordID": number, "Channel": channel,
        "Computer": "SRV1.corp.example", "TimeCreated": {"#attributes": {"SystemTime": f"2024-05-01T10:00:{seconds:09.6f}Z"}},
    }
    return json.dumps({"Event": {"System": system, "EventData": fields}})


LOG = "\n".join([
    record(0, 5145, "Security", "Microsoft-Windows-Security-Auditing", 1, ShareName="\\\\*\\ADMIN$", RelativeTargetName="x.exe",
           AccessMask="0x120196", ObjectType="File", IpAddress="10.0.0.9", SubjectUserName="eve"),
    record(2, 7045, "System", "Service Control Manager", 1, ServiceName="x", ImagePath="C:\\x.exe"),
]) + "\n"


def on_terminal(columns: int, arguments: list, **environment: str) -> tuple[str, str]:
    """Standard output and standard error, each a terminal of so many columns."""
    texts, readers, children = {}, [], []
    for name in ("out", "err"):
        master, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        children.append(child)
        def read(name=name, master=master):
            data = b""
            try:
                while piece := os.read(master, 65536):
                    data += piece
            except OSError:
                pass  # the other end is closed
            texts[name] = data.decode()
        readers.append(threading.Thread(target=read))
        readers[-1].start()
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=children[0], stderr=children[1],
                               env={k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")} | environment)
    for child in children:
        os.close(child)
    process.wait(timeout=60)
    for reader in readers:
        reader.join()
    return texts["out"], texts["err"]


def check_terminal(arguments: list, large: list) -> None:
    cli.count += 1
    out, err = on_terminal(60, arguments)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out).replace("\r\n", "\n")
    if out == plain or "\x1b[1;31m" not in out:
        failures.append("a terminal: findings of high severity are not coloured")
    if too_long := [line for line in plain.split("\n") if len(line) > 60]:
        failures.append(f"a terminal of 60 columns: lines of more: {too_long[0]!r}")
    if "…" not in plain:
        failures.append("a terminal of 60 columns: nothing was shortened")
    if "\x1b[" in on_terminal(60, arguments, NO_COLOR="1")[0]:
        failures.append("NO_COLOR: colours")
    if not re.search(r"\[=* *\] +\d+ %  \d+ MB/s  \d+ s left  \d+ of \d+ files", on_terminal(100, large)[1]):
        failures.append("a terminal: no progress bar on standard error")
    narrow = on_terminal(32, large)[1]
    if not re.search(r"\r +\d+ %  \d+ MB/s  \d+ s left\x1b", narrow):
        failures.append(f"a narrow terminal: the progress line does not fit: {narrow[:200]!r}")
    if "\x1b[" in subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True).stdout:
        failures.append("a pipe: colours")


def check_stop(arguments: list) -> None:
    """Ctrl-C while a pipe brings nothing more: what was read is evaluated, and marked."""
    for name, number in (("SIGINT", signal.SIGINT), ("SIGTERM", signal.SIGTERM)):
        cli.count += 1
        process = subprocess.Popen([PROGRAM, *map(str, arguments), "-f", "jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdin.write(LOG)
        process.stdin.flush()
        # Until the records were read nothing tells that they were: a signal before the handler stands ends the program.
        for _ in range(100):
            time.sleep(0.05)
            caught = re.search(r"^SigCgt:\s+(\w+)", pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.M)
            if int(caught.group(1), 16) >> (number - 1) & 1:
                break
        time.sleep(0.2)
        process.send_signal(number)
        try:
            out, err = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            failures.append(f"{name}: the program did not end")
            continue
        if process.returncode != 130 or "stopped before all logs were read" not in err:
            failures.append(f"{name}: exit {process.returncode}, {err!r}")
        if not out or any('"complete":false,"reason":"the run was stopped' not in line for line in out.splitlines()):
            failures.append(f"{name}: findings are not marked: {out[:300]!r}")


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)

        def write(name: str, content) -> pathlib.Path:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            return path

        rule, bad, log = write("good/rule.chain", RULE), write("bad/rule.chain", BAD_RULE), write("log.json", LOG)

        # usage
        run("no command", [], 3, err="(?i)subcommand|command")
        run("help", ["--help"], 0, out="hunt")
        run("unknown command", ["hutn"], 3)
        run("version", ["--version"], 0, out=r"chainhunt \d+\.\d+\.\d+")
        for command in ("hunt", "check", "fmt", "test", "explain"):
            run(f"help of {command}", [command, "--help"], 0, out="RULES|rules")
        run("no log", ["hunt", "-r", rule], 3, err="name the logs")
        run("missing log", ["hunt", "-r", rule, folder / "nothing.evtx"], 3, err="nothing.evtx")
        run("missing rules", ["hunt", "-r", folder / "no.chain", log], 3, err="no.chain: no such file")
        run("bad time", ["hunt", "-r", rule, "--since", "yesterday", log], 3, err="--since yesterday")
        run("nothing selected", ["hunt", "-r", rule, "--only", "nothing_like_it", log], 3, err="--only")
        run("unknown format", ["hunt", "-r", rule, "-f", "pdf", log], 3, err="(?i)pdf")

        # hunting
        found = run("a finding", ["hunt", "-r", rule, "-f", "jsonl", log], 0, out='"chain":"mine.c"')
        if found and found.stdout:
            finding = json.loads(found.stdout.decode().splitlines()[0])
            keys = ["type", "chain", "severity", "entity", "first", "last", "events", "need", "attack", "complete", "evidence"]
            if list(finding) != keys or finding["entity"] != {"computer": "srv1"} or finding["events"] != 2:
                failures.append(f"a finding: unexpected {found.stdout.decode()}")
        run("as a table", ["hunt", "-r", rule, log], 0, out=r"computer srv1 .*\n.*mine\.c")
        run("native and interpreted", ["hunt", "-r", rule, "--engine", "interp", "-f", "jsonl", log], 0, out='"chain":"mine.c"')
        run("exit status asked for", ["hunt", "-r", rule, "--fail-on-finding", log], 1)
        run("outside the times", ["hunt", "-r", rule, "--until", "2024-05-01T10:00:01Z", log], 0, out="No findings")
        run("hits", ["hunt", "-r", rule, "--hits", "-f", "jsonl", log], 0, out='"type":"hit","link":"mine.a"')
        run("the plan", ["hunt", "-r", rule, "--dump", "plan"], 0, out="5145")
        run("statistics", ["hunt", "-r", rule, "--stats", log], 0, err="records read +2")
        run("to a file", ["hunt", "-r", rule, "-f", "jsonl", "-o", folder / "out.jsonl", log], 0)
        if '"mine.c"' not in (folder / "out.jsonl").read_text():
            failures.append("to a file: nothing written")
        write("log.json.gz", gzip.compress(LOG.encode()))
        run("gzip", ["hunt", "-r", rule, folder / "log.json.gz"], 0, out="mine.c")
        write("logs/a.json", LOG.splitlines()[0])
        write("logs/deep/b.json", LOG.splitlines()[1])
        run("a folder, split", ["hunt", "-r", rule, folder / "logs"], 0, out="mine.c")

        # what did not happen: decided only where the log reaches far enough, for the entity's computer
        absent = write("absent/rule.chain", ABSENT_RULE)

        def lonely(name: str, seconds: list, options: list, marks: dict) -> None:
            """One start at 30 s on SRV1 and quiet records of (seconds, computer): which chains are found, and which are open."""
            lines = [record(30, 7045, "System", "Service Control Manager", 1, ServiceName="x", ImagePath="x")]
            lines += [record(at, 7036, "System", "Service Control Manager", 2 + i).replace("SRV1", computer) for i, (at, computer) in enumerate(seconds)]
            got = run(name, ["hunt", "-r", absent, "-f", "jsonl", *options, write("absent.json", "\n".join(lines) + "\n")], 0)
            found = {o["chain"]: o.get("open", False) for o in map(json.loads, got.stdout.decode().splitlines())} if got else {}
            if found != marks:
                failures.append(f"{name}: found {found}, expected {marks}")

        after, before = "absent.nothing_after", "absent.nothing_before"
        lonely("a log that ends at once", [], [], {after: True, before: True})
        lonely("a log that reaches exactly so far", [(10, "SRV1"), (50, "SRV1")], [], {after: False, before: False})
        lonely("a log that ends a microsecond too soon", [(10, "SRV1"), (49.999999, "SRV1")], [], {after: True, before: False})
        lonely("a log that begins a microsecond too late", [(10.000001, "SRV1"), (50, "SRV1")], [], {after: False, before: True})
        lonely("another computer's log that reaches so far", [(10, "SRV2"), (50, "SRV2")], [], {after: True, before: True})
        lonely("a log that is said to be complete", [], ["--complete"], {after: False, before: False})

        # `keep` with a baseline: what earlier runs have seen
        rare = write("rare/rule.chain", RARE_RULE)
        baseline = folder / "seen.baseline"
        day = write("day.json", record(1, 7045, "System", "Service Control Manager", 1, ServiceName="x", ImagePath="x") + "\n")
        run("a missing baseline", ["hunt", "-r", rare, "--baseline", baseline, day], 3, err="seen.baseline")
        run("the first day", ["hunt", "-r", rare, "--baseline", baseline, "--learn", "-f", "jsonl", day], 0, out='rare.seldom(.|\n)*rare.new|rare.new(.|\n)*rare.seldom')
        night = write("night.json", record(2, 7045, "System", "Service Control Manager", 2, ServiceName="x", ImagePath="x") + "\n")
        again = run("the second day", ["hunt", "-r", rare, "--baseline", baseline, "-f", "jsonl", night], 0, out="rare.seldom")
        if again and b"rare.new" in again.stdout:
            failures.append("the second day: what the baseline knows is new")
        run("the second day, learned", ["hunt", "-r", rare, "--baseline", baseline, "--learn", night], 0)
        third = write("third.json", record(3, 7045, "System", "Service Control Manager", 3, ServiceName="x", ImagePath="x") + "\n")
        common = run("the third day", ["hunt", "-r", rare, "--baseline", baseline, "-f", "jsonl", third], 0)
        if common and common.stdout:
            failures.append("the third day: what was seen three times is rare: " + common.stdout.decode())

        # damage and limits
        write("half.json", LOG.splitlines()[0] + "\n{ broken\n" + LOG.splitlines()[1] + "\n")
        run("a broken line", ["hunt", "-r", rule, "--stats", folder / "half.json"], 0, out="mine.c", err="at byte")
        write("empty.json", "")
        run("an empty file", ["hunt", "-r", rule, folder / "empty.json"], 0, out="No findings")
        write("not.evtx", "hello")
        run("not a log", ["hunt", "-r", rule, folder / "not.evtx"], 3, err="not.evtx")
        write("cut.json.gz", gzip.compress(LOG.encode() * 50)[:-20])
        run("a truncated gzip", ["hunt", "-r", rule, folder / "cut.json.gz"], 0, err="cut.json.gz")
        write("bomb.json.gz", gzip.compress(b"\0" * (400 << 20), 9))
        run("a compression bomb", ["hunt", "-r", rule, folder / "bomb.json.gz"], 3, err="bomb.json.gz")
        (folder / "bomb.json.gz").unlink()
        write("line.json", LOG + "{\"a\":\"" + "x" * (100 << 20))
        run("an endless line", ["hunt", "-r", rule, "--stats", folder / "line.json"], 0, out="mine.c", err="line.json")
        (folder / "line.json").unlink()

        # rules
        run("check", ["check", rule], 0, out="no errors")
        run("an unknown field", ["check", bad], 2, out=r"rule\.chain:4:\d+.*unknown-field(.|\n)*share_name")
        run("hunt with a bad rule", ["hunt", "-r", bad, log], 2, err="unknown-field")
        for depth in (300, 10_000, 1_000_000):
            nested = write("nested.chain", RULE.replace('share_name ends "$"', "(" * depth + 'share_name ends "$"' + ")" * depth))
            run(f"{depth} parentheses", ["check", nested], 2, out="nest", seconds=20)
        huge = folder / "huge.chain"
        with open(huge, "wb") as out:
            out.truncate(100 << 20)
        run("a rule file of 100 MB", ["check", huge], 3, err="huge.chain", seconds=20)
        huge.unlink()
        run("not text", ["check", write("binary.chain", bytes(range(256)))], 2, out="binary.chain")

        # fmt
        ugly = write("ugly.chain", 'pack mine version "0.1.0"\nimport windows\nlink   a {on security 5145   where share_name ends "$" // why\n}\n')
        run("fmt --check", ["fmt", "--check", ugly], 1, out="ugly.chain")
        run("fmt --diff", ["fmt", "--diff", ugly], 0, out=r"(?m)^\+link a")
        run("fmt", ["fmt", ugly], 0, out="formatted")
        run("fmt again", ["fmt", "--check", ugly], 0)
        if "// why" not in ugly.read_text():
            failures.append("fmt: a comment was lost")

        spelled = write("spelled/p.chain", RULE.replace("share_name ends", "ShareName contains \"x\" or Share_Name ends"))
        run("fmt of other spellings", ["fmt", spelled], 0, out="formatted")
        if 'share_name contains "x" or share_name ends "$"' not in spelled.read_text():
            failures.append("fmt of other spellings: " + spelled.read_text())

        # the first rule of the README, and the tests of a rule file
        readme = (pathlib.Path(SOURCE) / "README.md").read_text()
        first = write("mine/mine.chain", re.search(r"```chain\n(.*?)```", readme, re.S).group(1))
        run("the README's rule", ["check", first], 0, out="no errors")
        run("check lists what any stands for", ["check", pathlib.Path(SOURCE) / "rules" / "needs"], 0,
            out=r"(?s)`any` in [^\n]*needs\.many_needs[^\n]*:\n  credential_access: .*  enumeration: .*net_group_domain_admins")
        run("the README's test", ["test", first], 0, out="1 passed, 0 failed")
        run("the README's hunt", ["hunt", "-r", first, log], 0, out="service_from_share")
        write("fails/fails.chain", first.read_text().replace("events 2", "events 3"))
        run("a test that fails", ["test", folder / "fails"], 1, out=r"FAIL(.|\n)*test-failed(.|\n)*0 passed, 1 failed")

        # schema
        run("schema", ["schema"], 0, out=r"windows\.security +\d+ events")
        run("schema of a source", ["schema", "security"], 0, out=r"5145 .*network share")
        run("schema of an event", ["schema", "windows.security", "5145"], 0, out=r"access_mask +mask file_access +AccessMask")
        run("schema of no source", ["schema", "securitie"], 3, err="no source `securitie`")
        run("schema of no event", ["schema", "security", "1"], 3, err="no event 1")
        other = pathlib.Path(SOURCE) / "tests" / "cases" / "rules" / "any_log"
        for name, told in {"eve": 'event "alert"', "conn": "time  ts as epoch_s", "cloudtrail": "code  eventName"}.items():
            text = run(f"schema --from {name}", ["schema", "--from", other / "samples" / f"{name}.json"], 0, out=re.escape(told)).stdout
            run(f"what schema proposes of {name}", ["check", write(f"{name}/{name}.chain", text)], 0, out="no errors")
        odd = write("odd.json", '{"when":"2024-01-02 03:04:05","and":1,"@x":{"a-b":[1,2],"":3},"time":1,"x.y":"z","a_b":true,"aB":"10.0.0.1","type":"q\\"","`":1}\n' * 3)
        text = run("schema of odd names", ["schema", "--from", odd, "--name", "odd"], 0, out="pack odd").stdout
        run("what schema proposes of odd names", ["check", write("odd/odd.chain", text)], 0, out="no errors")
        run("schema of a Windows log", ["schema", "--from", log], 3, err="not of a Windows log")
        table = write("table.csv", "Timestamp,DeviceName,ActionType,RemoteIP\n2024-05-13T08:54:05Z,ws1,ConnectionSuccess,10.0.0.1\n")
        text = run("schema of a table", ["schema", "--from", table], 0, out=r"code  ActionType\n  computer  DeviceName").stdout
        run("what schema proposes of a table", ["check", write("table/table.chain", text)], 0, out="no errors")

        # any log
        logs = [other / "samples" / name for name in ("eve.json", "conn.json", "security.xml")]
        run("a chain over three kinds of logs", ["hunt", "-r", other, "-f", "jsonl", *logs], 0, out="alert_then_logon")
        archive = folder / "logs.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in logs:
                packed.write(path, "day/" + path.name)
            packed.writestr("readme.txt", "no log")
        run("the same from an archive", ["hunt", "-r", other, "-f", "jsonl", archive], 0, out="logs.zip/day/eve.json", err="logs.zip/readme.txt: not a log format")
        run("explain names files in archives", ["explain", "any_log.alert_then_logon", "-r", other, "-f", "json", archive], 0, out="logs.zip/day/eve.json")

        samples = pathlib.Path(SOURCE) / "rules" / "friday_fun" / "samples"
        for i in range(8):
            write(f"many/{i}.json", (LOG + "\n") * 20_000)
        check_terminal(["hunt", samples], ["hunt", "-r", rule, folder / "many"])
        check_stop(["hunt", "-r", rule])

    print("\n".join(failures) or f"{cli.count} cases as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
