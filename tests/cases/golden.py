"""Golden cases of a command, for the run.py of its folder: `run.py CHAINHUNT SOURCE_FOLDER [--update]`.

Cases are lines of cases.txt, `NAME EXIT: ARGUMENTS`, run in that folder; NAME.expected is what they print (JSON, where the name
ends in `_json`, spread over lines in its order). `--update` rewrites the expectations.
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
import termios
from typing import Callable, Optional

PROGRAM, SOURCE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
UPDATE = "--update" in sys.argv
HERE = pathlib.Path(sys.argv[0]).resolve().parent
failures: list[str] = []


def run(arguments: list, folder=HERE, code: Optional[int] = 0) -> tuple[str, str]:
    """What the program prints to standard output and error; another exit status than expected is a failure (None: any will do)."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, cwd=folder, timeout=600)
    if code is not None and done.returncode != code:
        failures.append(f"{arguments}: exit {done.returncode}, expected {code}: {done.stdout.decode()[-2000:]}{done.stderr.decode()}")
    return done.stdout.decode(), done.stderr.decode()


def golden(look: Optional[Callable[[str, str], None]] = None) -> None:
    """All cases; `look` is called with each name and what it printed."""
    for line in (HERE / "cases.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        head, command = line.split(":", 1)
        name, code = head.split()
        out, _ = run(shlex.split(command), code=int(code))
        if look:
            look(name, out)
        if name.endswith("_json"):
            out = json.dumps(json.loads(out), indent=1, ensure_ascii=False) + "\n"
        expected = HERE / f"{name}.expected"
        if UPDATE:
            expected.write_text(out)
        elif not expected.exists() or expected.read_text() != out:
            failures.append(f"{name}: differs from {expected.name} (--update rewrites it)\n{out}")


def usage(*cases: tuple[list, int, str]) -> None:
    """Arguments, exit status, and an expression that standard error holds."""
    for arguments, code, says in cases:
        _, error = run(arguments, code=code)
        if not re.search(says, error):
            failures.append(f"{arguments}: no /{says}/ in: {error}")


def terminal(arguments: list, environment: Optional[dict] = None, columns: int = 80) -> str:
    """What a terminal of so many columns is sent."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(HERE)
        os.execve(PROGRAM, [PROGRAM, *arguments], {**os.environ, "TERM": "xterm", **(environment or {})})
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    output = b""
    try:
        while chunk := os.read(descriptor, 65536):
            output += chunk
    except OSError:
        pass  # the end of a terminal's output on Linux
    os.waitpid(pid, 0)
    return output.decode()


def colours(arguments: list) -> None:
    """Colour on a terminal, and only there; not with NO_COLOR."""
    for shown, where, wanted in ((terminal(arguments), "a terminal", True), (terminal(arguments, {"NO_COLOR": "1"}), "NO_COLOR", False)):
        if ("\x1b[" in shown) != wanted:
            failures.append(f"{arguments}: {where}: {'no ' if wanted else ''}colour")
    if "\x1b" in run(arguments, code=None)[0]:
        failures.append(f"{arguments}: a pipe: colour")


def finish(what: str) -> int:
    print("\n".join(failures) or f"{what}: as expected")
    return 1 if failures else 0
