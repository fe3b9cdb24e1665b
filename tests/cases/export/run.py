#!/usr/bin/env python3
"""chainhunt export: golden queries of the shipped packs and of hostile texts, their grammar, and literals read back.

usage: run.py CHAINHUNT SOURCE [--update]
"""
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden import HERE, SOURCE, UPDATE, failures, finish, run, usage  # noqa: E402
from queries import Eql, check_eql, check_spl, kql_strings, sigma_text, spl_strings  # noqa: E402

SUFFIX = {"splunk": ".spl", "eql": ".eql", "kql": ".kql", "sigma": ".yml"}
RULES = {"shipped": [SOURCE / "rules" / name.name for name in sorted((SOURCE / "rules").iterdir()) if name.is_dir() and name.name != "windows"], "hostile": [HERE / "hostile.chain"]}


def compare(name: str, text: str) -> None:
    expected = HERE / f"{name}.expected"
    if UPDATE:
        expected.write_text(text)
    elif not expected.exists() or expected.read_text() != text:
        failures.append(f"{name}: differs from {expected.name} (--update rewrites it)\n{text[-3000:]}")


def refusals(error: str) -> list:
    """`code rule`, as they were reported."""
    return [f"{code} {rule}" for code, rule in re.findall(r"error\[([a-z-]+)\].*?so `([\w.]+)` is not exported", error, re.S)]


def each_rule(target: str, rules: list) -> dict:
    """Rule name: query, from one file a rule."""
    with tempfile.TemporaryDirectory() as folder:
        run(["export", "--to", target, *[str(path) for path in rules], "-o", folder + "/"], code=None)
        return {path.name[: -len(SUFFIX[target])]: path.read_text() for path in pathlib.Path(folder).iterdir()}


def golden() -> None:
    for label, rules in RULES.items():
        refused = []
        for target in SUFFIX:
            out, error = run(["export", "--to", target, *[str(path) for path in rules]], code=2)
            compare(f"{label}_{target}", out)
            refused += [f"{target} {line}" for line in refusals(error)]
            # Whatever is not exported is told, and the other way round.
            counts = re.search(r"(\d+) of (\d+) rules exported", error)
            told = [line for line in refused if line.startswith(target + " ")]
            if not counts or int(counts[2]) - int(counts[1]) != len(told):
                failures.append(f"{label} {target}: {counts and counts[0]}, but {len(told)} refusals\n{error}")
        compare(f"{label}_refused", "\n".join(refused) + "\n")


def grammar() -> None:
    for label, rules in RULES.items():
        for target, check in (("splunk", check_spl), ("eql", check_eql)):
            for name, query in each_rule(target, rules).items():
                if wrong := check(query):
                    failures.append(f"{label} {target} {name}: {wrong}\n{query}")
    # The checks see mistakes.
    for wrong in ("any where a : ", "sequence with maxspan=1m\n[any where a == \"x\"]", 'any where a : "x" b', 'any where a regex "\\q"'):
        if not check_eql(wrong):
            failures.append(f"EQL: no complaint about {wrong!r}")
    for wrong in ('a="x', 'a="x" | nonsense b', "(a=1"):
        if not check_spl(wrong):
            failures.append(f"SPL: no complaint about {wrong!r}")


def says(expression: str, value: str) -> bool:
    """Whether an expression (in what PCRE, RE2, Lucene and Python share) fits the value, and no longer if one of its marks changes."""
    pattern = re.compile(expression.replace("\\z", "\\Z"), re.S)
    others = [value[:i] + "Z" + value[i + 1:] for i, c in enumerate(value) if not c.isalnum() and not (c in "<>" and i in (0, len(value) - 1))]
    return bool(pattern.fullmatch(value)) and not any(pattern.fullmatch(other) for other in others)


def literals() -> None:
    """Each hostile text, read back from each query, is that text."""
    source = (HERE / "hostile.chain").read_text()
    texts = {name: (form, text.replace('""', '"')) for name, form, text in re.findall(r'link (text_\d) .* (==|contains|starts|ends) "((?:[^"]|"")*)"', source)}
    if len(texts) != 9:
        failures.append(f"hostile.chain: {len(texts)} texts")
    shapes = {"==": "{}", "contains": "<{}>", "starts": "{}>", "ends": "<{}"}
    for target in SUFFIX:
        queries = each_rule(target, RULES["hostile"])
        for name, (form, text) in texts.items():
            query = "\n".join(line for line in queries[f"hostile.{name}"].splitlines() if not line.startswith(("//", "#", "```")))
            value = shapes[form].format(text)
            stars = {"==": "{}", "contains": "*{}*", "starts": "{}*", "ends": "*{}"}[form].format(text)
            if target == "splunk":
                found = spl_strings(query)[-1]
                ok = says(found, value) if found.startswith("(?") else found == stars
            elif target == "kql":
                ok = kql_strings(query)[-1] == text
            elif target == "eql":
                parser = Eql(query)
                found = parser.query()[-1]
                expression = bool(re.search(r" regex~? ", query))
                ok = says(found, value) if expression else found == stars
                # Neither star nor question mark may stand behind an operator that takes it for a wildcard.
                ok = ok and (expression or " == " in query.split("CommandLine", 1)[1] or not re.search(r"[*?]", text))
            else:
                found = re.search(r"CommandLine[|\w]*: '((?:[^']|'')*)'", query)[1].replace("''", "'")
                # Once more escaped or once less, it would be another text.
                ok = sigma_text(found) == text and not re.search(r"(?<!\\)(?:\\\\)*[*?]", found)
            if not ok:
                failures.append(f"{target} {name}: {text!r} is not what this says:\n{query}")


def main() -> int:
    golden()
    grammar()
    literals()
    usage((["export", "--to", "nonsense"], 3, "nonsense"), (["export"], 3, "--to"), (["export", "--to", "kql", "--only", "nobody", HERE / "hostile.chain"], 3, "no chain or link nobody"),
          (["export", "--to", "kql", "missing.chain"], 3, "missing.chain"),
          (["export", "--to", "kql", "--only", "text_1", HERE / "hostile.chain", "-o", "/nowhere/x"], 3, "cannot be written"))
    return finish("export")


sys.exit(main())
