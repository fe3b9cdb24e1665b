#!/usr/bin/env python3
"""Compares every #include with the directions that docs/architecture.md draws.

usage: includes.py SOURCE_FOLDER
"""
import pathlib
import re
import sys

# folder -> folders whose headers it may include (itself always)
RUNTIME = {
    "runtime/base": [],
    # event.h and projection.h are plain structs without dependencies: cells are what values are read from
    "runtime/abi": ["runtime/base"],
    "runtime/value": ["runtime/base", "runtime/abi"],
    "runtime/program": ["runtime/base", "runtime/value", "runtime/abi"],
    "runtime/interp": ["runtime/base", "runtime/value", "runtime/abi", "runtime/program"],
    "runtime/match": ["runtime/base", "runtime/value", "runtime/abi", "runtime/program", "runtime/interp", "runtime/engine/hit.h", "runtime/engine/coverage.h"],
    "runtime/evtx": ["runtime/base", "runtime/abi"],
    "runtime/input": ["runtime/base", "runtime/abi", "runtime/value", "runtime/evtx"],
    "runtime/engine": ["runtime/base", "runtime/value", "runtime/abi", "runtime/program", "runtime/interp", "runtime/match", "runtime/input"],
    "runtime/explain": ["runtime/base", "runtime/value", "runtime/abi", "runtime/program", "runtime/interp", "runtime/match", "runtime/input", "runtime/engine"],
    "runtime/output": ["runtime/base", "runtime/value", "runtime/program", "runtime/engine", "runtime/evtx", "runtime/input"],
}
SHARED = ["runtime/base", "runtime/value", "runtime/abi", "runtime/program"]
COMPILER = {
    "compiler/base": [],
    "compiler/syntax": ["compiler/base"],
    "compiler/parse": ["compiler/base", "compiler/syntax"],
    "compiler/model": ["compiler/base", "compiler/syntax"],
    "compiler/check": ["compiler/base", "compiler/syntax", "compiler/model"],
    # its witnesses are run: predicates by the interpreter, chains by the engine
    "compiler/algebra": ["compiler/base", "compiler/syntax", "compiler/model", "compiler/plan", "runtime/interp", "runtime/match", "runtime/input", "runtime/engine"],
    "compiler/lint": ["compiler/base", "compiler/syntax", "compiler/model", "compiler/check", "compiler/algebra", "compiler/import", "runtime/input"],
    "compiler/import": ["compiler/base", "compiler/syntax"],
    "compiler/plan": ["compiler/base", "compiler/syntax", "compiler/model"],
    "compiler/export": ["compiler/base", "compiler/syntax", "compiler/model"],
    # native code shares the interpreter's prepared atoms
    "compiler/codegen": ["compiler/base", "compiler/plan", "runtime/interp", "runtime/match"],
    "compiler/driver": ["compiler", "runtime"],
}
FENCED = {  # third-party headers and the one folder that may include them
    "antlr4": "compiler/parse", "toml++": "compiler/lint", "llvm/": "compiler/codegen", "lld/": "compiler/codegen", "yaml-cpp": "compiler/import",
}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    allowed = dict(RUNTIME)
    for folder, targets in COMPILER.items():
        allowed[folder] = targets + ([] if folder == "compiler/driver" else SHARED)
    problems, seen = [], 0
    for path in sorted([*root.glob("runtime/**/*"), *root.glob("compiler/**/*")]):
        if path.suffix not in (".h", ".cpp", ".inc"):
            continue
        name = path.relative_to(root).as_posix()
        folder = "/".join(name.split("/")[:2])
        if folder not in allowed:
            problems.append(f"{name}: folder {folder} is not in the table of tests/meta/includes.py")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', line)
            if not match:
                continue
            seen += 1
            target = match.group(1)
            for prefix, home in FENCED.items():
                if target.startswith(prefix) and folder != home:
                    problems.append(f"{name}:{number}: only {home} may include {target}")
            if not target.startswith(("runtime/", "compiler/")):
                continue
            if target.startswith(folder + "/"):
                continue
            if not any(target.startswith(entry + "/") or target == entry for entry in allowed[folder]):
                problems.append(f"{name}:{number}: {folder} may not include {target}")
    print("\n".join(problems) or f"{seen} includes follow the table")
    return 1 if problems or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
