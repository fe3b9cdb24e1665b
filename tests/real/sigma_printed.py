#!/usr/bin/env python3
"""Every file of data/sigma is read, few are refused, and `chainhunt sigma` prints Chain with the very same program.

usage: sigma_printed.py CHAINHUNT SOURCE DATA
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

from data import data_folder

REFUSED = 0.01  # of the files; rules of products that no pack reads are counted apart


def main() -> int:
    program, data = sys.argv[1], data_folder(sys.argv[3], sys.argv[2]) / "sigma"
    files = [path for path in data.rglob("*") if path.suffix in (".yml", ".yaml")]

    def plan(rules):
        return subprocess.run([program, "hunt", "--dump", "plan", "-r", str(rules)], capture_output=True, text=True, timeout=600)

    direct = plan(data)
    refused = set(re.findall(r"^(\S+?):\d+:\d+: error\[(\S+?)\]", direct.stderr, re.M))
    print(f"{len(files)} files, {len({path for path, code in refused})} with a rule that is refused: {dict(collections.Counter(code for path, code in refused))}")
    failed = len({path for path, code in refused}) > REFUSED * len(files)
    with tempfile.TemporaryDirectory() as folder:
        printed = pathlib.Path(folder) / "sigma.chain"
        with printed.open("w", encoding="utf-8") as out:
            subprocess.run([program, "sigma", str(data)], stdout=out, stderr=subprocess.DEVNULL, timeout=600)
        again = plan(printed)
        if again.returncode != 0:
            failed = True
            print(again.stderr[-3000:])
        if direct.stdout != again.stdout or not direct.stdout:
            failed = True
            print("the printed rules are another program")
        if subprocess.run([program, "fmt", "--check", str(printed)], capture_output=True, timeout=600).returncode != 0:
            failed = True
            print("the printed rules are not formatted")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
