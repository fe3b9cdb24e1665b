#!/usr/bin/env python3
"""Writes a pack of generated rules with their tests: for measuring `chainhunt test`.

usage: write_tests.py FOLDER [--rules N] [--tests N] [--seed N]

Every rule is a chain of two or three links of its own over the shipped Windows sources; its tests are one that fires and
others in which one event is a little off. Each test has three to six events. Equal options give equal bytes.
"""
import argparse
import pathlib
import random


def rule(number: int, random: random.Random) -> tuple[str, list[str]]:
    share, service, task = f"dir{number:04}", f"svc{number:04}", f"\\Job{number:04}"
    links = (f'link share_{number} {{ on security 5145  where share_name ends "$" and relative_target_name contains "{share}" and access_mask has 0x2 }}\n'
             f'link service_{number} {{ on system 7045  where service_name starts "{service}" and not (image_path contains "trusted{number}") }}\n'
             f'link task_{number} {{ on security 4698  where task_name == "{task}" }}\n')
    then = random.choice(["then", "and"])
    three = random.random() < 0.5
    chain = (f"chain chain_{number} {{\n  match   share_{number} {then} service_{number}{f' {then} task_{number}' if three else ''}\n"
             f"  by      computer\n  within  {random.choice([1, 5, 10])}m\n}}\n")
    return links + chain, [share, service, task] if three else [share, service]


def test(number: int, run: int, names: list[str], random: random.Random) -> str:
    fires = run == 0
    off = None if fires else random.randrange(len(names))
    lines = []
    at = 0
    for noise in range(random.randint(1, 3)):
        lines.append(f'  at {at}s security 4624 {{ computer: "FS01", target_user_name: "user{noise}", ip_address: "10.0.0.{noise}", logon_type: 3 }}')
        at += 1
    for index, name in enumerate(names):
        name = name if index != off else name[:-1] + "_"
        lines.append([f'  at {at}s security 5145 {{ computer: "FS01", share_name: "\\\\*\\C$", relative_target_name: "windows\\{name}\\x.bat", access_mask: 0x1302 }}',
                      f'  at {at}s system 7045 {{ computer: "fs01.corp.example", service_name: "{name}", image_path: "C:\\windows\\x.exe" }}',
                      f'  at {at}s security 4698 {{ computer: "FS01", subject_user_name: "eve", task_name: "{name}" }}'][index])
        at += random.randint(1, 5)
    expect = f'  expect chain_{number} by computer = "FS01" events {len(names)}' if fires else "  expect nothing"
    return f'test "chain {number}, run {run}" {{\n' + "\n".join(lines) + f"\n{expect}\n}}\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rules", type=int, default=300)
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    source = random.Random(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "pack.chain").write_text('pack generated version "1.0.0"\nimport windows\n')
    rules = [rule(number, source) for number in range(options.rules)]
    for number, (text, names) in enumerate(rules):
        runs = range(options.tests // options.rules + (number < options.tests % options.rules))
        (options.folder / f"rule_{number:04}.chain").write_text(text + "\n" + "".join(test(number, run, names, source) for run in runs))


if __name__ == "__main__":
    main()
