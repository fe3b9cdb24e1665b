#!/usr/bin/env python3
"""`chainhunt check` as a user meets it: forms of output, levels, policies, fixes, earlier revisions.

usage: check.py CHAINHUNT SOURCE_FOLDER
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from cli import Cli

PROGRAM, SOURCE = sys.argv[1:3]
cli = Cli(PROGRAM)
run, expect = cli.run, cli.expect

FINE = """pack mine version "1.0.0"

import windows

link job { on security 4698  need execution }

test "a job" {
  at 0s security 4698 { task_name: "\\At1" }
  expect link job 1 times
}
"""
# one finding of each level: note, warning; and a fix that brings up another
DOUBTFUL = FINE.replace("link job { on security 4698  need execution }", """link job { on security 4698  need execution  attack T1086 }

link slow { on process_start  where command_line matches /.*evil/  need execution }""")
BROKEN = FINE.replace("4698  need", "4698  where shear_name == \"x\"  need")


def git(folder: pathlib.Path, *arguments: str) -> str:
    identity = ["-c", "user.email=nobody@example.org", "-c", "user.name=nobody", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True).stdout


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        home = pathlib.Path(scratch)

        def write(name: str, text: str) -> pathlib.Path:
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return path

        def codes(name: str, arguments: list, code: int = 0) -> list[str]:
            done = run(name, ["check", *arguments, "-f", "json"], code, cwd=home)
            return [d["code"] for d in json.loads(done.stdout)["diagnostics"]] if done and done.stdout else []

        write("fine/m.chain", FINE)
        write("doubtful/m.chain", DOUBTFUL)
        write("broken/m.chain", BROKEN)

        # forms of output: the same findings, the paths as given, the same bytes each time
        run("fine", ["check", "fine"], 0, out=r"1 pack, 1 link, 0 chains: no errors\n$", cwd=home)
        run("text", ["check", "doubtful"], 0, out=r"doubtful/m\.chain:5:\d+: warning\[outdated-technique\](.|\n)*2 warnings, 1 note", cwd=home)
        run("compact", ["check", "doubtful", "-f", "compact"], 0, out=r"^doubtful/m\.chain:5:\d+: warning\[outdated-technique\]: ", cwd=home)
        run("github", ["check", "doubtful", "-f", "github"], 0, out=r"^::warning file=doubtful/m\.chain,line=5,endLine=5,col=\d+,endColumn=\d+,title=outdated-technique::", cwd=home)
        done = run("junit", ["check", "doubtful", "fine/m.chain", "-f", "junit", "--fail-level", "warning"], 2, cwd=home)
        done = run("junit", ["check", "doubtful", "-f", "junit", "--fail-level", "warning"], 1, cwd=home)
        suite = xml.etree.ElementTree.fromstring(done.stdout)
        expect("junit counts", suite.get("tests") == "3" and suite.get("failures") == "2" and len(suite.findall(".//failure")) == 2, done.stdout.decode())
        done = run("junit of fine rules", ["check", "fine", "-f", "junit"], 0, cwd=home)
        expect("junit of fine rules", 'tests="1" failures="0"' in done.stdout.decode(), done.stdout.decode())
        first = run("json", ["check", "doubtful", "-f", "json"], 0, cwd=home).stdout
        expect("json is stable", first == run("json again", ["check", "doubtful", "-f", "json"], 0, cwd=home).stdout)
        expect("json holds no path of this machine", scratch.encode() not in first, first.decode())
        document = json.loads(first)
        one = document["diagnostics"][0]
        keys = ["code", "level", "message", "file", "line", "column", "end_line", "end_column", "rule", "fingerprint", "fix"]
        expect("json keys", list(one) == keys and one["rule"] == "mine.job" and document["files"] == ["doubtful/m.chain"], json.dumps(one))
        write("moved/m.chain", "// a line more\n" + DOUBTFUL.replace("  need", "   need"))
        moved = json.loads(run("moved", ["check", "moved", "-f", "json"], 0, cwd=home).stdout)
        expect("fingerprints outlive moved lines", [d["fingerprint"] for d in moved["diagnostics"]] == [d["fingerprint"] for d in document["diagnostics"]])
        run("unknown form", ["check", "fine", "-f", "pdf"], 3, err="pdf", cwd=home)
        run("errors in json", ["check", "broken", "-f", "json"], 2, out='"code": "unknown-field"', cwd=home)

        # levels that fail
        run("default level", ["check", "doubtful"], 0, cwd=home)
        run("warnings fail", ["check", "doubtful", "--fail-level", "warning"], 1, cwd=home)
        run("notes fail", ["check", "doubtful", "--fail-level", "note", "--only", "no-tests"], 1, cwd=home)
        run("notes do not fail where warnings do", ["check", "doubtful", "--fail-level", "warning", "--only", "no-tests"], 0, cwd=home)
        run("never", ["check", "doubtful", "--fail-level", "never"], 0, cwd=home)
        run("an error in a rule always fails", ["check", "broken", "--fail-level", "never"], 2, cwd=home)

        # which checks
        expect("only", codes("only", ["doubtful", "--only", "slow-regex"]) == ["slow-regex"])
        expect("skip", codes("skip", ["doubtful", "--skip", "slow-regex,no-tests"]) == ["outdated-technique"])
        run("a misspelt code", ["check", "fine", "--only", "slow-regx"], 3, err="no check is called `slow-regx`; did you mean `slow-regex`", cwd=home)
        run("list", ["check", "--list"], 0, out=r"(?m)^slow-regex +warning +\S")
        run("explain a check", ["check", "--explain", "slow-regex"], 0, out=r"^# slow-regex\n(.|\n)*## What to do")
        run("explain an error", ["check", "--explain", "unknown-field"], 0, out="^# unknown-field\n")
        run("explain nothing", ["check", "--explain", "slow"], 3, err="no check is called `slow`")

        # policies: the nearest file upwards, and no other
        policy = write(".chainhunt.toml", '[levels]\nslow-regex = "error"\nno-tests = "off"\n')
        run("a level raised", ["check", "doubtful"], 1, out=r"error\[slow-regex\]", cwd=home)
        expect("a level off", "no-tests" not in codes("a level off", ["doubtful"], 1))
        write("doubtful/.chainhunt.toml", '[levels]\nslow-regex = "note"\n')
        run("the nearest policy", ["check", "doubtful"], 0, out=r"note\[no-tests\](.|\n)*note\[slow-regex\]", cwd=home)
        (home / "doubtful/.chainhunt.toml").unlink()
        for name, text, wrong in [
            ("a misspelt table", "[level]\n", r"\.chainhunt\.toml:1:\d+: error\[bad-policy\]: no such key: `level`(.|\n)*did you mean `levels`"),
            ("a misspelt key", "\n[rules]\nrequired_metta = []\n", r"\.chainhunt\.toml:3:1: error\[bad-policy\]: no such key: `required_metta`"),
            ("a misspelt code", '[levels]\nslow-regx = "off"\n', "no check is called `slow-regx`"),
            ("a wrong level", '[levels]\nslow-regex = "fatal"\n', r":2:14: error\[bad-policy\]: `fatal` is no level"),
            ("an error off", '[levels]\nunknown-field = "off"\n', "`unknown-field` is an error of the language"),
            ("a wrong severity", '[rules]\nseverities = ["bad"]\n', "`bad` is no severity"),
            ("a wrong pattern", '[rules]\nlink_name = "("\n', "no regular expression"),
            ("a wrong type", "[rules]\nrequired_meta = 3\n", "`required_meta` is no list of strings"),
            ("no TOML", "[rules\n", r"\.chainhunt\.toml:1:\d+: error\[bad-policy\]"),
        ]:
            policy.write_text(text)
            run(f"policy: {name}", ["check", "fine"], 3, err=wrong, cwd=home)
        policy.unlink()

        # what is allowed
        write("allowed/m.chain", DOUBTFUL.replace("link job", "// allow(outdated-technique, no-tests): an old report names it\nlink job").replace("need execution }\n\ntest", "need execution } // allow(slow-regex): few events\n\ntest"))
        run("allowed", ["check", "allowed", "--fail-level", "warning"], 1, out=r"warning\[unused-allow\](.|\n)*2 allowed", cwd=home)
        write("allowed_error/m.chain", BROKEN.replace("link job", "// allow(unknown-field): please\nlink job"))
        run("an error is not allowed", ["check", "allowed_error"], 2, out="unknown-field", cwd=home)
        write("until/m.chain", DOUBTFUL.replace("link slow", "// allow(slow-regex): few events until 2026-06-01\nlink slow"))
        expect("until its last day", "slow-regex" not in codes("until its last day", ["until", "--today", "2026-06-01"]))
        expect("the day after", {"slow-regex", "expired-allow"} <= set(codes("the day after", ["until", "--today", "2026-06-02"])))
        run("no day", ["check", "until", "--today", "tomorrow"], 3, err="--today tomorrow", cwd=home)

        # fixes: shown, made, and made again as long as one brings up another
        before = (home / "doubtful/m.chain").read_text()
        run("--diff alone", ["check", "doubtful", "--diff"], 3, err="--fix", cwd=home)
        run("--fix --diff", ["check", "doubtful", "--fix", "--diff"], 0, out=r"(?s)--- doubtful/m\.chain.*\n-link job.*T1086.*\n\+link job.*T1059\.001", cwd=home)
        expect("--fix --diff changes nothing", (home / "doubtful/m.chain").read_text() == before)
        run("--fix", ["check", "doubtful", "--fix", "--fail-level", "warning"], 0, err="doubtful/m.chain: fixed", cwd=home)
        after = (home / "doubtful/m.chain").read_text()
        expect("--fix", 'attack T1059.001' in after and 'command_line cased contains "evil"' in after, after)
        run("--fix again", ["check", "doubtful", "--fix", "--diff"], 0, out="^$", cwd=home)
        run("fixed rules are formatted", ["fmt", "--check", "doubtful"], 0, cwd=home)
        run("--fix of broken rules", ["check", "broken", "--fix"], 2, out="unknown-field", cwd=home)
        expect("--fix of broken rules", (home / "broken/m.chain").read_text() == BROKEN)
        write("wide/m.chain", 'pack wide version "1.0.0"\nimport windows\n' + "".join(f"link l{i} {{ on security 4698  need execution  attack T1086, T1035 }}\n" for i in range(300)))
        run("many fixes at once", ["check", "wide", "--fix", "--only", "outdated-technique"], 0, out="no errors\n", cwd=home, seconds=20)

        # earlier states
        old = write("old/m.chain", FINE)
        write("new/m.chain", FINE.replace("4698  need", "4698, 4702  need"))
        run("against a folder", ["check", "new", "--against", "old"], 0, out=r"warning\[version-not-raised\]: the version of pack `mine` is still 1\.0\.0, although its rules changed since old", cwd=home)
        run("against the same", ["check", "fine", "--against", "old", "--fail-level", "note"], 0, cwd=home)
        run("against nothing", ["check", "new", "--against", "no_such"], 3, err="`no_such` is no folder, and the rules are in no git repository", cwd=home)
        old.write_text(BROKEN)
        run("against broken rules", ["check", "new", "--against", "old"], 2, err="the rules of then have errors", cwd=home)

        repository = home / "repository"
        rules = write("repository/packs/mine/m.chain", FINE.replace("need execution }", "where user in listed  need execution }") + 'let listed = lines "users.txt"\n')
        write("repository/packs/mine/users.txt", "eve\n")
        git(repository, "init", "-q", "-b", "trunk")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", "one")
        git(repository, "tag", "v1")
        state = git(repository, "status", "--porcelain")
        run("against an equal revision", ["check", "packs", "--against", "HEAD", "--fail-level", "note"], 0, cwd=repository)
        rules.write_text(rules.read_text().replace("4698  where", "4698, 4702  where"))
        write("repository/packs/mine/new.txt", "not in git\n")
        for revision in ("HEAD", "trunk", "v1", "HEAD~0"):
            run(f"against {revision}", ["check", "packs", "--against", revision], 0, out=f"changed since {revision}", cwd=repository)
        run("against a revision, from elsewhere", ["check", rules, "--against", "v1"], 0, out="version-not-raised", cwd=home)
        run("in a hook of another repository", ["check", rules, "--against", "v1"], 0, out="version-not-raised", cwd=home,
            env=os.environ | {"GIT_DIR": ".git", "GIT_INDEX_FILE": "nothing", "GIT_WORK_TREE": "."})
        rules.write_text(rules.read_text().replace("1.0.0", "1.1.0"))
        run("the version raised", ["check", "packs", "--against", "v1", "--fail-level", "note"], 0, cwd=repository)
        run("a list that changed alone", ["check", "packs", "--against", "v1"], 0, cwd=repository)
        run("no such revision", ["check", "packs", "--against", "v9"], 3, err="`v9` is neither a folder nor a revision", cwd=repository)
        run("an option as revision", ["check", "packs", "--against=--output=x"], 3, err="neither a folder nor a git revision", cwd=repository)
        git(repository, "checkout", "-q", "--", ".")
        expect("the repository is as it was", state == git(repository, "status", "--porcelain").replace("?? packs/mine/new.txt\n", ""))
        write("repository/later/m.chain", FINE)
        run("not there then", ["check", "later", "--against", "v1"], 3, err="v1 had no later", cwd=repository)

        # what is shipped
        shipped = pathlib.Path(SOURCE) / "rules"
        run("the shipped packs", ["check", shipped, "--fail-level", "note"], 0,
            out=r"no errors, \d+ allowed; of 1 condition whether the rule needs it could not be decided\n$", seconds=30)

    print("\n".join(cli.failures) or f"{cli.count} cases as expected")
    return 1 if cli.failures else 0


if __name__ == "__main__":
    sys.exit(main())
