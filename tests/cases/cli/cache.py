#!/usr/bin/env python3
"""What runs of `chainhunt check` keep for each other: never anything that changes what they say.

usage: cache.py CHAINHUNT
"""
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
failures: list[str] = []

RULES = """pack mine version "1.0.0"
import windows
link any_tool { on sysmon 1 where command_line contains "tool" }
link tool { on sysmon 1 where command_line contains "tool.exe" }
link never_one { on sysmon 1 where command_line == "a" and command_line == "b" }
link twice { on sysmon 1 where command_line contains "x" and command_line contains "xy" }
"""
MORE = 'link more { on sysmon 1 where command_line contains "a tool.exe" }\n'


def expect(what: str, held: bool) -> None:
    if not held:
        failures.append(what)


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        rules = folder / "mine"
        rules.mkdir()
        (rules / "rules.chain").write_text(RULES)
        cache = folder / "cache"
        entries = cache / "chainhunt" / "proofs"

        def check(*more: str, **environment: str) -> str:
            own = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
            done = subprocess.run([PROGRAM, "check", rules, *more], capture_output=True, text=True, timeout=120, cwd=folder, env={**own, **environment})
            expect(f"exit {done.returncode}: {done.stderr}", done.returncode == 1)
            return done.stdout

        def kept() -> dict[str, bytes]:
            return {path.name: path.read_bytes() for path in entries.iterdir()} if entries.is_dir() else {}

        here = {"XDG_CACHE_HOME": str(cache)}
        whole = check("--no-cache", **here)
        expect("--no-cache: something was kept", not cache.exists() or not kept())
        for code in ("never-true", "implied-link", "dead-condition"):
            expect(f"{code}: not found", f"[{code}]" in whole)

        expect("the first run says something else", check(**here) == whole)
        first = kept()
        expect("nothing was kept", len(first) == 1)
        expect("others can read the folder", (cache / "chainhunt").stat().st_mode & 0o077 == 0)
        expect("the second run says something else", check(**here) == whole)
        expect("the second run kept something else", kept() == first)

        (rules / "rules.chain").write_text(RULES + MORE)
        longer = check("--no-cache", **here)
        expect("a rule more says nothing more", longer != whole)
        expect("a rule more: the cache changes what is said", check(**here) == longer)
        expect("a rule more: kept as before", kept() != first)
        (rules / "rules.chain").write_text(RULES)
        expect("a rule less: the cache changes what is said", check(**here) == whole)

        # Damage of any kind costs time only.
        name, good = next(iter(kept().items()))
        for bad in (b"", b"x", good[:-1], good + b"x", bytes([good[0] ^ 1]) + good[1:], good[:60] + bytes([good[60] ^ 255]) + good[61:]):
            (entries / name).write_bytes(bad)
            expect("a damaged entry changes what is said", check(**here) == whole)
            expect("a damaged entry stays", kept()[name] == good)

        text = RULES
        # Many runs at once.
        (entries / name).unlink()
        own = {**os.environ, **here}
        runs = [subprocess.Popen([PROGRAM, "check", rules], stdout=subprocess.PIPE, text=True, env=own) for _ in range(8)]
        for run in runs:
            expect("runs at once differ", run.communicate(timeout=120)[0] == whole)
        expect("runs at once leave more than one whole entry", kept() == {name: good})

        # Old entries go.
        for i in range(80):
            (entries / f"{i:032x}").write_bytes(b"old")
            os.utime(entries / f"{i:032x}", (i, i))
        (rules / "rules.chain").write_text(text + MORE)
        check(**here)
        left = kept()
        expect(f"{len(left)} entries", len(left) == 64)
        expect("the newest entries are not those that stay", name in left and f"{79:032x}" in left and f"{0:032x}" not in left)
        (rules / "rules.chain").write_text(text)

        # Where nothing can be kept nothing is lost; where others may write nothing is read.
        for environment in ({}, {"XDG_CACHE_HOME": "relative"}, {"XDG_CACHE_HOME": "/dev/null/cache"}, {"HOME": str(folder / "home")}):
            expect(f"{environment}: says something else", check(**environment) == whole)
        expect("a relative folder was used", not (folder / "relative").exists())
        expect("~/.cache is not used", (folder / "home/.cache/chainhunt/proofs").is_dir())
        entries.chmod(0o777)
        before = kept()
        (rules / "rules.chain").write_text(text + MORE)
        expect("a folder of all changes what is said", check(**here) == longer)
        expect("a folder of all was written to", kept() == before)

    print("\n".join(failures) or "as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
