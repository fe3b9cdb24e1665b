"""Runs the program as a user does, and gathers what was not as expected."""
import re
import subprocess
import time


class Cli:
    def __init__(self, program: str):
        self.program = program
        self.failures: list[str] = []
        self.count = 0

    def run(self, name: str, arguments: list, code: int, out: str = "", err: str = "", seconds: float = 60, stdin: bytes = b"",
            cwd=None, env=None) -> subprocess.CompletedProcess:
        """One case: exit code, and regular expressions that standard output and error hold."""
        self.count += 1
        start = time.monotonic()
        try:
            done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, timeout=seconds, input=stdin, cwd=cwd, env=env)
        except subprocess.TimeoutExpired:
            self.failures.append(f"{name}: still running after {seconds} s")
            return None
        output, error = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode != code:
            self.failures.append(f"{name}: exit {done.returncode}, expected {code}\n{output[-800:]}{error[-800:]}")
        for text, pattern, stream in ((output, out, "output"), (error, err, "error")):
            if pattern and not re.search(pattern, text):
                self.failures.append(f"{name}: no /{pattern}/ in standard {stream} after {time.monotonic() - start:.1f} s:\n{text[-800:]}")
        if "\x1b" in output + error:
            self.failures.append(f"{name}: escape sequences although nothing is a terminal")
        return done

    def expect(self, name: str, holds: bool, shown="") -> None:
        """A case of anything else."""
        self.count += 1
        if not holds:
            self.failures.append(f"{name}: {shown}")
