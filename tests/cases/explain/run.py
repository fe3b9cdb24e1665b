#!/usr/bin/env python3
"""`chainhunt explain` through the command line: golden text and JSON, the tutorial, terminals.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases are commands in cases.txt, run in this folder; NAME.expected is what they print (JSON spread over lines, in its order). The commands of
docs/my_rule_does_not_fire.md are run as they stand there, and must print what stands there.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios

PROGRAM, SOURCE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
UPDATE = "--update" in sys.argv
HERE = SOURCE / "tests/cases/explain"
failures: list[str] = []


def run(arguments: list, folder, code=0) -> tuple[str, str]:
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, cwd=folder, timeout=120)
    if done.returncode != code:
        failures.append(f"{arguments}: exit {done.returncode}, expected {code}: {done.stderr.decode()}")
    return done.stdout.decode(), done.stderr.decode()


def golden() -> None:
    for line in (HERE / "cases.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, command = line.split(":", 1)
        out, _ = run(shlex.split(command), HERE)
        if name.endswith("_json"):
            out = json.dumps(json.loads(out), indent=1, ensure_ascii=False) + "\n"
        expected = HERE / f"{name}.expected"
        if UPDATE:
            expected.write_text(out)
        elif not expected.exists() or expected.read_text() != out:
            failures.append(f"{name}: differs from {expected.name} (--update rewrites it)\n{out}")


def tutorial() -> None:
    page = SOURCE / "docs/my_rule_does_not_fire.md"
    text = page.read_text()
    rule = re.search(r"```chain\n(.*?)```", text, re.S).group(1)
    rules = {"mine.chain": rule}
    # The changes that the text asks for, one after the other.
    job = rule.replace("on system 7045", "on security 4698")
    rules["job.chain"] = job
    rules["fires.chain"] = job.replace("30s", "1m")
    rules["exe.chain"] = rules["fires.chain"].replace(".bat", ".exe")
    order = ["mine.chain", "job.chain", "fires.chain", "exe.chain", "fires.chain"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "rules").symlink_to(SOURCE / "rules")
        blocks = list(re.finditer(r"```console\n\$ chainhunt (.*?)\n(.*?)```", text, re.S))
        if len(blocks) != len(order):
            failures.append(f"{page.name}: {len(blocks)} commands, expected {len(order)}")
        for block, name in reversed(list(zip(blocks, order))):
            (folder / "mine.chain").write_text(rules[name])
            out, error = run(shlex.split(block.group(1)), folder)
            if UPDATE:
                text = text[:block.start(2)] + out + text[block.end(2):]
            elif out != block.group(2):
                failures.append(f"{page.name}: {block.group(1)} prints now\n{out}{error}")
    if UPDATE:
        page.write_text(text)


def terminal(columns: int, environment: dict, arguments: list) -> str:
    """What a terminal of so many columns is sent."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(HERE)
        os.execve(PROGRAM, [PROGRAM, *arguments], {**os.environ, "TERM": "xterm", **environment})
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    output = b""
    try:
        while chunk := os.read(descriptor, 65536):
            output += chunk
    except OSError:
        pass  # the end of a terminal's output on Linux
    os.waitpid(pid, 0)
    return output.decode()


def terminals() -> None:
    arguments = ["explain", "copied_and_run", "-r", "rules.chain", "log.json"]
    shown = terminal(60, {}, arguments)
    if "\x1b[" not in shown:
        failures.append("a terminal: no colour")
    for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines():
        if len(line.rstrip("\r\n")) > 60:
            failures.append(f"a terminal of 60 columns: {line!r}")
    if "\x1b[" in terminal(60, {"NO_COLOR": "1"}, arguments):
        failures.append("NO_COLOR: colour")
    if "\x1b" in run(arguments, HERE)[0]:
        failures.append("a pipe: colour")


def usage() -> None:
    for arguments, code, says in (
        (["explain"], 3, "chain"),
        (["explain", "copied_and_run"], 3, "logs"),
        (["explain", "copied_and_rnu", "-r", "rules.chain", "log.json"], 3, r"no chain copied_and_rnu.*did you mean copied_and_run\?"),
        (["explain", "started", "-r", "rules.chain", "log.json"], 3, "started is a link"),
        (["explain", "copied_and_run", "-r", "rules.chain", "none.json"], 3, "none.json"),
        (["explain", "copied_and_run", "-r", "rules.chain", "-"], 3, "reads its logs twice"),
        (["explain", "copied_and_run", "-r", "rules.chain", "log.json", "--entity", "user"], 3, "not KEY=VALUE"),
        (["explain", "copied_and_run", "-r", "rules.chain", "log.json", "--entity", "user=eve"], 3, "no key user; its keys: computer"),
        (["explain", "copied_and_run", "-r", "rules.chain", "log.json", "--since", "noon"], 3, "--since noon"),
        (["explain", "--help"], 0, ""),
    ):
        _, error = run(arguments, HERE, code)
        if not re.search(says, error):
            failures.append(f"{arguments}: no /{says}/ in: {error}")


def main() -> int:
    golden()
    tutorial()
    terminals()
    usage()
    print("\n".join(failures) or "explain: as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
