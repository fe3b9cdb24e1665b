"""Where the shared logs are; tests without them are skipped with one line, except where CI should have found them."""
import os
import pathlib
import subprocess
import sys
import json

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def data_folder(argument: str, source: str) -> pathlib.Path:
    folder = pathlib.Path(argument)
    if (folder / "logs").is_dir():
        return folder
    usual = pathlib.Path(source).parent / "shared" / "data"
    if os.environ.get("CI") and usual.is_dir():
        print(f"the shared logs are there, but this test was told to look elsewhere: {folder}")
        sys.exit(1)
    print(f"skipped: no shared logs at {folder}")
    sys.exit(SKIPPED)


def hunt(program: str, *arguments: str) -> tuple[list[dict], str]:
    """Runs `chainhunt hunt … -f jsonl`; the objects printed and the text itself."""
    done = subprocess.run([program, "hunt", "-f", "jsonl", *map(str, arguments)], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        print(done.stderr)
        sys.exit(f"chainhunt hunt {' '.join(map(str, arguments))}: exit {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.stdout
