#!/usr/bin/env python3
"""SARIF as `chainhunt check -f sarif` writes it is valid against the schema, and has what code scanning shows.

usage: sarif.py CHAINHUNT DATA_FOLDER
"""
import json
import pathlib
import sys
import tempfile

from cli import Cli

PROGRAM, DATA = sys.argv[1:3]
RULES = """pack mine version "1.0.0"
import windows
// ünïcode before the place: columns count code points
link jöb { on security 4698  need execution  attack T1086 }
link logon { on security 4624  need authentication }
chain sweep { match 5 distinct computer of logon  by source_ip  within 10m }
""".replace("jöb", "job /* ö𝔘 */")


def main() -> int:
    schema = pathlib.Path(DATA) / "schemas" / "sarif-2.1.0.json"
    try:
        import jsonschema
    except ImportError:
        print("skipped: python3-jsonschema is not installed")
        return 77
    if not schema.exists():
        print("skipped: no schemas/sarif-2.1.0.json in the shared data")
        return 77
    validator = jsonschema.Draft7Validator(json.loads(schema.read_text()))
    cli = Cli(PROGRAM)
    with tempfile.TemporaryDirectory() as scratch:
        home = pathlib.Path(scratch)

        def sarif(name: str, arguments: list, code: int) -> dict:
            done = cli.run(name, ["check", *arguments, "-f", "sarif"], code, cwd=home)
            document = json.loads(done.stdout)
            for error in validator.iter_errors(document):
                cli.failures.append(f"{name}: {error.message} at {list(error.absolute_path)}")
            return document["runs"][0]

        folder = home / "my rules %20#1"
        folder.mkdir()
        (folder / "m.chain").write_text(RULES)
        (home / "broken").mkdir()
        (home / "broken" / "m.chain").write_text(RULES.replace("4624", "99999"))
        (home / "torn").mkdir()
        (home / "torn" / "m.chain").write_bytes(RULES.encode()[:-3] + b"\xff\x00")
        (home / "none").mkdir()
        (home / "none" / "m.chain").write_text('pack none version "1.0.0"\n')

        run = sarif("findings", [folder.name], 0)
        results = {r["ruleId"]: r for r in run["results"]}
        driver = run["tool"]["driver"]
        for name, holds in {
            "codes": set(results) == {"outdated-technique", "no-tests", "absent-key"},
            "the tool has a version": driver["name"] == "chainhunt" and driver["semanticVersion"],
            "rules are those of the results": {r["id"] for r in driver["rules"]} == set(results),
            "rule indices": all(driver["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"]),
            "rules have help": all(r["help"]["markdown"].startswith("# ") and r["shortDescription"]["text"] and len(r["fullDescription"]["text"]) > 60 for r in driver["rules"]),
            "fingerprints": all(r["partialFingerprints"]["chainhunt/v1"] for r in run["results"]),
            "levels": results["outdated-technique"]["level"] == "warning" and results["no-tests"]["level"] == "note",
            "related locations": results["absent-key"]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 5,
            "logical locations": results["absent-key"]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "mine.sweep",
            "a fix": results["outdated-technique"]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "T1059.001",
            "an encoded relative path": results["no-tests"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20rules%20%2520%231/m.chain",
        }.items():
            cli.expect(name, bool(holds), json.dumps(run)[:2000])
        region = results["outdated-technique"]["locations"][0]["physicalLocation"]["region"]
        line = RULES.splitlines()[3]
        cli.expect("columns count code points", region["startColumn"] == line.index("T1086") + 1 and region["endColumn"] == line.index("T1086") + 6 and region["snippet"]["text"] == "T1086", region)
        cli.expect("no path of this machine", scratch not in json.dumps(run), json.dumps(run)[:2000])
        cli.expect("errors of rules", sarif("errors of rules", ["broken"], 2)["results"][0]["level"] == "error")
        sarif("a file that is no text", ["torn"], 2)
        cli.expect("nothing found", sarif("nothing found", ["none"], 0)["results"] == [])
        absolute = sarif("an absolute path", [folder], 0)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        cli.expect("an absolute path", absolute.startswith("file:///"), absolute)

    print("\n".join(cli.failures) or f"{cli.count} cases as expected")
    return 1 if cli.failures else 0


if __name__ == "__main__":
    sys.exit(main())
