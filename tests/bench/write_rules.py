#!/usr/bin/env python3
"""Writes a folder of generated detection rules, as large rule sets are: for measuring `check`, `test` and `hunt`.

usage: write_rules.py FOLDER [--rules N] [--per-file N] [--seed N]

The shapes are those of public rules: process starts with an image and parts of the command line, registry keys, files,
logons, shares, services, tasks; a few values of a pool that many rules share, most of them of their own; a filter in
every fourth. Conditions come from small pools of words, so that a few rules
are narrower than others. Equal options give equal bytes.
"""
import argparse
import pathlib
import random

TOOLS = ["powershell", "cmd", "rundll32", "regsvr32", "mshta", "wmic", "certutil", "net", "schtasks", "bitsadmin", "wscript", "cscript", "msbuild",
         "installutil", "reg", "sc", "whoami", "nltest", "psexec", "procdump", "curl", "ftp", "ssh", "netsh", "vssadmin", "wevtutil", "esentutl"]
SYLLABLES = ["ka", "ro", "mi", "tel", "zu", "pan", "der", "lo", "qui", "ne", "sor", "vax", "bil", "ter", "gro", "hex", "dum", "fi", "wep", "jo"]


class Writer:
    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def word(self) -> str:
        return "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(2, 4)))

    def parts(self, field: str, op: str, make, low=1, high=6) -> str:
        count = self.random.randint(low, high)
        values = ", ".join(f'"{make()}"' for _ in range(count))
        return f"{field} {op} {values}" if count == 1 else f"{field} {op} {self.random.choice(['any', 'any', 'any', 'all'])} ({values})"

    def argument(self) -> str:
        return self.random.choice([" -", " /", "--", "=", " "]) + self.word() + self.random.choice(["", " ", ".exe", ":", "\\"])

    def path(self) -> str:
        return "\\" + self.word() + self.random.choice(["\\", ".exe", ".dll", ".ps1", ""])

    def process(self) -> tuple[str, list[str]]:
        conditions = []
        if self.random.random() < 0.7:
            tools = self.random.sample(TOOLS, self.random.randint(1, 3))
            values = ", ".join(f'"\\{tool}.exe"' for tool in tools)
            conditions.append(f"image ends {values}" if len(tools) == 1 else f"image ends any ({values})")
        conditions.append(self.parts("command_line", "contains", self.argument))
        if self.random.random() < 0.4:
            conditions.append(self.parts("command_line", "contains", self.argument))
        if self.random.random() < 0.3:
            conditions.append(self.parts("parent_image", "ends", lambda: f"\\{self.random.choice(TOOLS)}.exe", 1, 3))
        if self.random.random() < 0.1:
            conditions.append(f"command_line matches /(?i){self.word()}\\s+-[a-z]{{1,4}}\\s+{self.word()}/")
        return "process_start", conditions

    def registry(self):
        return "sysmon 13", [self.parts("target_object", self.random.choice(["contains", "ends", "starts"]), self.path), self.parts("details", "contains", self.argument, 1, 3)]

    def file(self):
        return "sysmon 11", [self.parts("target_filename", self.random.choice(["contains", "ends"]), self.path), self.parts("image", "ends", self.path, 1, 2)]

    def share(self):
        return "security 5145", [self.parts("share_name", "ends", lambda: self.random.choice(["IPC$", "C$", "ADMIN$"]), 1, 1),
                                 self.parts("relative_target_name", "contains", self.word), f"access_mask has 0x{1 << self.random.randint(0, 16):x}"]

    def logon(self):
        return "security 4624", [f"logon_type in ({self.random.randint(2, 5)}, {self.random.randint(7, 11)})", self.parts("process_name", "ends", self.path, 1, 3)]

    def service(self):
        return "system 7045", [self.parts("image_path", "contains", self.argument)]

    def task(self):
        return "security 4698", [self.parts("task_name", "starts", self.path, 1, 3)]

    def rule(self, number: int) -> str:
        make = self.random.choices([self.process, self.registry, self.file, self.share, self.logon, self.service, self.task], [60, 12, 12, 4, 4, 4, 4])[0]
        on, conditions = make()
        if self.random.random() < 0.25:
            field = {"process_start": "parent_image", "sysmon 13": "image", "sysmon 11": "user", "security 5145": "user", "security 4624": "user",
                     "system 7045": "service_name", "security 4698": "user"}[on]
            conditions.append(f'not ({field} ends any ("{self.word()}", "{self.word()}"))' if field != "user" else f'not (user in ("{self.word()}", "{self.word()}$"))')
        return self.text(f"rule_{number:04}", on, conditions)

    def text(self, name: str, on: str, conditions: list[str]) -> str:
        where = "\n         and ".join(conditions)
        technique = self.random.choice(["T1059.001", "T1003.001", "T1021.002", "T1053.005", "T1543.003", "T1112", "T1105"])
        return (f"/// {self.word()} {self.word()} {self.word()}.\nlink {name} {{\n  on     {on}\n  where  {where}\n"
                f"  need   execution\n  attack {technique}\n  meta   {{ id: \"{self.random.getrandbits(64):016x}\", author: \"{self.word()}\", status: test }}\n}}\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rules", type=int, default=3000)
    parser.add_argument("--per-file", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    writer = Writer(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "pack.chain").write_text('pack generated version "1.0.0"\nimport windows\n')
    rules = [writer.rule(number) for number in range(options.rules)]
    for start in range(0, len(rules), options.per_file):
        (options.folder / f"rules_{start:05}.chain").write_text("\n".join(rules[start:start + options.per_file]))


if __name__ == "__main__":
    main()
