#!/usr/bin/env python3
"""`chainhunt explain` through the command line: golden text and JSON, the tutorial, terminals.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases: see ../golden.py. The commands of
docs/my_rule_does_not_fire.md are run as they stand there, and must print what stands there.
"""
import pathlib
import re
import shlex
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import colours, failures, finish, golden, run, SOURCE, terminal, UPDATE, usage  # noqa: E402


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


def terminals() -> None:
    arguments = ["explain", "copied_and_run", "-r", "rules.chain", "log.json"]
    shown = terminal(arguments, columns=60)
    for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines():
        if len(line.rstrip("\r\n")) > 60:
            failures.append(f"a terminal of 60 columns: {line!r}")
    colours(arguments)


def misused() -> None:
    usage(
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
    )


def main() -> int:
    golden()
    tutorial()
    terminals()
    misused()
    return finish("explain")


if __name__ == "__main__":
    sys.exit(main())
