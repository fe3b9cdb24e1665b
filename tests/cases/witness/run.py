#!/usr/bin/env python3
"""`chainhunt witness`: golden tests; every shipped chain's witness and near misses pasted into its pack; log files read again.

usage: run.py CHAINHUNT SOURCE_FOLDER [--update]

Cases: see ../golden.py.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import failures, finish, golden, HERE, run, SOURCE, usage  # noqa: E402


def dead() -> None:
    for name, says in (
        ("dead_link", "no event can be a never"),
        ("dead_of", "of 2 only 1 can ever match"),
        ("dead_needs", "2 distinct needs are asked for"),
        ("dead_risk", "a risk of 40 is asked for"),
        ("dead_key", "no value of the key user fits"),
        ("dead_absence", "each job_made is a job_made, which must not stand among its events"),
    ):
        out, error = run(["witness", name, "-r", "rules.chain"], code=1)
        if out or "can never fire" not in error or says not in error:
            failures.append(f"{name}: {out}{error}")


def names(folder: pathlib.Path, kind: str) -> list[str]:
    return [name for file in sorted(folder.rglob("*.chain")) for name in re.findall(rf"^{kind} (\w+)", file.read_text(), re.M)]


def pasted() -> None:
    """The tests of every chain of every shipped pack, and of the packs that say what the language means."""
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:
        for root in ("rules", "tests/cases/rules"):
            packs = pathlib.Path(scratch) / root.replace("/", "_")
            shutil.copytree(SOURCE / root, packs)
            for pack in sorted(p for p in packs.iterdir() if p.is_dir() and p.name != "tuned"):  # tuned is tested with its overrides
                near = ["--near-miss"] if root == "rules" else []
                chains = names(pack, "chain")
                made = list(pool.map(lambda chain: run(["witness", f"{pack.name}.{chain}", "-r", pack, *near]), chains))
                for chain, (_, error) in zip(chains, made):
                    if error:
                        failures.append(f"{pack.name}.{chain}: {error}")
                if not chains:
                    continue
                file = pack / "pasted.chain"
                file.write_text("".join(out for out, _ in made))
                run(["fmt", "--check", file])
                run(["test", pack])


def read_again() -> None:
    """Logs that are written are logs that are found in, by this program and by others."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for chain in names(HERE, "chain"):
            if chain.startswith("dead"):
                continue
            for form in ("jsonl", "evtx"):
                log = folder / f"{chain}.{form}"
                run(["witness", chain, "-r", "rules.chain", "-f", form, "-o", log])
                out, _ = run(["hunt", "-r", "rules.chain", "--only", f"shapes.{chain}", "--complete", "-f", "jsonl", log])
                found = [json.loads(line)["chain"] for line in out.splitlines()]
                if found != [f"shapes.{chain}"]:
                    failures.append(f"{log.name}: hunt finds {found}")
        log = folder / "in_order.evtx"
        if shutil.which("evtxexport"):
            out = subprocess.run(["evtxexport", log], capture_output=True, text=True).stdout
            if out.count("Event number") != 3 or "(5145)" not in out or "Microsoft-Windows-Security-Auditing" not in out:
                failures.append(f"evtxexport reads: {out}")
        else:
            print("evtxexport (libevtx-utils) is not here: not asked")
        misses = folder / "misses"
        out, _ = run(["witness", "in_order", "-r", "rules.chain", "--near-miss", "-f", "jsonl", "-o", misses])
        listed = re.findall(r"^(near_miss_\d+_\w+\.jsonl):", out, re.M)
        if not listed or sorted(p.name for p in misses.iterdir()) != sorted([*listed, "witness.jsonl"]):
            failures.append(f"near misses as files: {sorted(misses.iterdir())}\n{out}")
        for file in sorted(misses.iterdir()):
            found, _ = run(["hunt", "-r", "rules.chain", "--only", "shapes.in_order", "--complete", "-f", "jsonl", file])
            if bool(found) != (file.name == "witness.jsonl"):
                failures.append(f"{file.name}: hunt finds {found!r}")


def misused() -> None:
    usage(
        (["witness"], 3, "name"),
        (["witness", "in_ordre", "-r", "rules.chain"], 3, r"no chain or link in_ordre.*did you mean in_order\?"),
        (["witness", "in_order", "-r", "rules.chain", "--near-miss", "-f", "jsonl"], 3, "name a folder with -o"),
        (["witness", "in_order", "-r", "rules.chain", "-f", "xml"], 3, "xml"),
        (["witness", "in_order", "-r", "none.chain"], 3, "none.chain"),
        (["witness", "in_order", "-r", "rules.chain", "-f", "jsonl", "-o", "/nowhere/at/all"], 3, "cannot be written"),
        (["witness", "--help"], 0, ""),
    )


def main() -> int:
    golden()
    dead()
    read_again()
    misused()
    pasted()
    return finish("witness")


if __name__ == "__main__":
    sys.exit(main())
