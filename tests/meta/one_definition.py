#!/usr/bin/env python3
"""No two types of one namespace have the same name: the compiler cannot see it, and the linker takes either.

Types in unnamed namespaces are their file's own. A type that is declared in a header and defined in its .cpp counts once.

usage: one_definition.py SOURCE_FOLDER
"""
import collections
import pathlib
import re
import sys

TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: : [^{;]*)? ?\{", re.M)

source = pathlib.Path(sys.argv[1])
places: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
for top in ("compiler", "runtime"):
    for path in sorted((source / top).rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        namespaces: list[str] = []
        for line in path.read_text().splitlines():
            if opened := re.match(r"namespace ?([\w:]*) ?\{$", line):
                namespaces.append(opened.group(1) or "(unnamed)")
            elif re.match(r"\}  // namespace", line) and namespaces:
                namespaces.pop()
            elif (found := TYPE.match(line)) and namespaces and "(unnamed)" not in namespaces:
                places["::".join(namespaces), found.group(1)].append(path.relative_to(source).as_posix())
problems = [f"{space}::{name} is defined in {' and in '.join(files)}" for (space, name), files in sorted(places.items()) if len(files) > 1]
print("\n".join(problems) or f"{len(places)} types, each defined once")
sys.exit(1 if problems or not places else 0)
