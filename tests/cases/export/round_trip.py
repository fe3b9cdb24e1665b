#!/usr/bin/env python3
"""Chain -> Sigma -> Chain: every link of the shipped packs that Sigma can say is proved equal to what is read back.

Links are read back all at once, as one folder of Sigma rules. What is refused is counted by its reason.

usage: round_trip.py CHAINHUNT SOURCE
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
# Not proved and not refuted: the search for a difference was given up. Each is named, so that no other joins them.
UNDECIDED: set = set()


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=600)


def links() -> list:
    """Names of the shipped links, as the rule files declare them."""
    out = []
    for path in sorted((SOURCE / "rules").glob("*/*.chain")):
        if path.parent.name != "windows":
            out += [f"{path.parent.name}.{name}" for name in re.findall(r"^link (\w+)", path.read_text(), re.M)]
    return out


def main() -> int:
    failures, refused, proved = [], collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        read_back = pathlib.Path(folder, "read_back")
        read_back.mkdir()
        exported = []
        for name in links():
            done = run("export", "--to", "sigma", "--only", name, "-r", str(SOURCE / "rules"), "-o", str(read_back) + "/")
            file = read_back / f"{name}.yml"
            if file.exists():
                # Names of several packs stand in one folder.
                unique = name.replace(".", "_")
                file.write_text(re.sub(r"^name: \w+$", f"name: {unique}", file.read_text(), flags=re.M))
                exported.append((name, unique))
            else:
                codes = re.findall(r"error\[([a-z-]+)\]", done.stderr)
                refused[codes[0] if codes else "?"] += 1
                if done.returncode != 2 or not codes:
                    failures.append(f"{name}: neither exported nor refused: {done.stderr}")
        for name, unique in exported:
            done = run("prove", "equivalent", name, f"read_back.{unique}_event", "-r", str(SOURCE / "rules"), "-r", str(read_back))
            verdict = done.stdout.split(":", 1)[0]
            if verdict == "proved":
                proved += 1
            elif verdict == "unknown" and name in UNDECIDED:
                pass
            else:
                failures.append(f"{name}: {done.stdout}{done.stderr}")
    print(f"{proved} of {len(exported)} links proved equal, {sum(refused.values())} refused {dict(refused)}")
    print("\n".join(failures))
    return 1 if failures or proved == 0 else 0


sys.exit(main())
