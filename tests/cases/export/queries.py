"""What can be said of a query without its engine: its tokens, its shape, and what its literals mean.

EQL is read by the public grammar (Elastic's EqlBase: query, sequence, condition), as far as it is written here; SPL has none,
so that its quotes, parentheses, pipes and commands are looked at.
"""
import re

SPL_COMMANDS = {"where", "eval", "sort", "streamstats"}


def spl_string(text: str) -> str:
    """The value of a quoted string: a backslash takes the next character as it is."""
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.S)


def spl_strings(query: str) -> list:
    return [spl_string(match) for match in re.findall(r'"(?:[^"\\]|\\.)*"', strip_spl(query), re.S)]


def strip_spl(query: str) -> str:
    return re.sub(r"```.*?```", "", query, flags=re.S)


def check_spl(query: str) -> str:
    """Empty, or what is wrong."""
    text = strip_spl(query).strip()
    bare, depth = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text, flags=re.S), 0
    if bare.count('"') % 2 or "`" in bare:
        return "quotes do not close"
    for char in bare:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return "a parenthesis closes nothing"
    if depth:
        return "a parenthesis is open"
    for command in re.split(r"\|", bare)[1:]:
        if command.split()[0] not in SPL_COMMANDS:
            return f"unknown command: {command.split()[0]}"
    return ""


EQL_TOKEN = re.compile(r'\s+|//[^\n]*|(?P<string>"(?:[^"\\\n]|\\[btnfr"\\])*")|(?P<number>\d+)(?P<unit>ms|[smhd])?\b|(?P<name>[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)|(?P<op>==|!=|<=|>=|![\[]|regex~|in~|like~|[\[\](),:<>=~!])')


def eql_tokens(query: str) -> list:
    out, at = [], 0
    while at < len(query):
        match = EQL_TOKEN.match(query, at)
        if not match:
            raise SyntaxError(f"unknown text: {query[at:at + 30]!r}")
        if match.lastgroup:
            text = match.group()
            kind = "string" if match.group("string") else "number" if match.group("number") else "name" if match.group("name") else "op"
            # regex~ and in~ are one token
            if kind == "name" and query[match.end():match.end() + 1] == "~" and text in ("regex", "in", "like"):
                out.append(("op", text + "~"))
                at = match.end() + 1
                continue
            out.append((kind, text))
        at = match.end()
    return out


class Eql:
    """Recursive descent; each method consumes what its rule of the grammar says."""

    def __init__(self, query: str):
        self.tokens, self.at, self.strings = eql_tokens(query), 0, []

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        if wanted and text not in wanted and kind not in wanted:
            raise SyntaxError(f"{' or '.join(wanted)} wanted, {text!r} seen")
        self.at += 1
        if kind == "string":
            self.strings.append(re.sub(r"\\(.)", r"\1", text[1:-1]))
        return text

    def accept(self, text: str) -> bool:
        if self.peek() == text:
            self.at += 1
            return True
        return False

    def query(self) -> list:
        if self.accept("sequence"):
            keys = self.by()
            self.take("with"), self.take("maxspan"), self.take("="), self.take("number")
            steps = 0
            while self.peek() in ("[", "!["):
                self.take("[", "![")
                self.event()
                self.take("]")
                if bool(self.by()) and keys:
                    raise SyntaxError("keys twice")
                if self.accept("with"):
                    self.take("runs"), self.take("="), self.take("number")
                    steps += 1
                steps += 1
            if steps < 2:
                raise SyntaxError("a sequence of one event")
        else:
            self.event()
        if self.at != len(self.tokens):
            raise SyntaxError(f"{self.peek()!r} behind the end")
        return self.strings

    def by(self) -> bool:
        if not self.accept("by"):
            return False
        self.take("name")
        while self.accept(","):
            self.take("name")
        return True

    def event(self) -> None:
        self.take("any"), self.take("where")
        self.disjunction()

    def disjunction(self) -> None:
        self.conjunction()
        while self.accept("or"):
            self.conjunction()

    def conjunction(self) -> None:
        self.negation()
        while self.accept("and"):
            self.negation()

    def negation(self) -> None:
        while self.accept("not"):
            pass
        if self.accept("("):
            self.disjunction()
            self.take(")")
        elif self.peek() in ("true", "false"):
            self.take("name")
        elif self.accept("cidrmatch"):
            self.take("("), self.take("name"), self.take(","), self.take("string"), self.take(")")
        else:
            self.take("name")
            operator = self.take("==", "!=", ":", "like", "regex", "regex~", "in", "in~")
            if operator in ("in", "in~"):
                self.take("(")
                self.take("string")
                while self.accept(","):
                    self.take("string")
                self.take(")")
            else:
                self.take("string", "null")


def check_eql(query: str) -> str:
    try:
        Eql(query).query()
        return ""
    except SyntaxError as error:
        return str(error)


def kql_strings(query: str) -> list:
    return [match[2:-1].replace('""', '"') for match in re.findall(r'@"(?:[^"]|"")*"', query)]


def sigma_text(value: str) -> str:
    """A value without wildcards: `\\*`, `\\?`, `\\\\` are the characters, any other backslash is itself."""
    return re.sub(r"\\([*?\\])", r"\1", value)
