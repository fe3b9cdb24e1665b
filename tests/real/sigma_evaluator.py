"""What Sigma rules mean, written from the specification on plain JSON: the check of the importer and the engine.

It shares no code and no table with them: YAML by PyYAML, values as Python strings, log sources as the taxonomy appendix
lists them (with the Security twins that docs/sigma.md names). It is slow and simple on purpose.

Where the specification leaves a choice, this is the choice, and docs/sigma.md says so:
- numbers are equal as numbers however they are spelled (0x10 is 16), addresses as addresses, GUIDs with or without braces;
- `null` is a field that is not there;
- a keyword is a part of some field's value.
"""
import base64
import functools
import ipaddress
import re

# ---- log sources -----------------------------------------------------------------------------------

SYSMON = "microsoft-windows-sysmon/operational"
POWERSHELL = ("microsoft-windows-powershell/operational", "powershellcore/operational")
TWINS = {  # Sigma's name (Sysmon's) -> the Security event's; a pair: with the values' names there
    "process_creation": ("4688", {
        "Image": "NewProcessName", "ParentImage": "ParentProcessName", "ProcessId": "NewProcessId", "ParentProcessId": "ProcessId",
        "User": "SubjectUserName", "LogonId": "SubjectLogonId",
        "IntegrityLevel": ("MandatoryLabel", {"untrusted": "S-1-16-0", "low": "S-1-16-4096", "medium": "S-1-16-8192", "high": "S-1-16-12288", "system": "S-1-16-16384"})}),
    "network_connection": ("5156", {
        "Image": "Application", "SourceIp": "SourceAddress", "DestinationIp": "DestAddress", "DestinationPort": "DestPort",
        "Initiated": ("Direction", {"true": "%%14593", "false": "%%14592"}), "Protocol": ("Protocol", {"tcp": "6", "udp": "17"})}),
    "file_event": ("4663", {"Image": "ProcessName", "TargetFilename": "ObjectName", "User": "SubjectUserName"}),
    "registry_set": ("4657", {"Image": "ProcessName", "TargetObject": "ObjectName", "Details": "NewValue", "User": "SubjectUserName"}),
}
SYSMON_EVENTS = {
    "process_creation": "1", "file_change": "2", "network_connection": "3", "sysmon_status": "4 16", "process_termination": "5", "driver_load": "6",
    "image_load": "7", "create_remote_thread": "8", "raw_access_thread": "9", "process_access": "10", "file_event": "11", "registry_event": "12 13 14",
    "registry_add": "12", "registry_delete": "12", "registry_set": "13", "registry_rename": "14", "create_stream_hash": "15", "pipe_created": "17 18",
    "wmi_event": "19 20 21", "dns_query": "22", "file_delete": "23 26", "clipboard_capture": "24", "process_tampering": "25", "file_delete_detected": "26",
    "file_block_executable": "27", "file_block_shredding": "28", "file_executable_detected": "29", "sysmon_error": "255",
}
POWERSHELL_EVENTS = {"ps_classic_start": "400", "ps_classic_provider_start": "600", "ps_classic_script": "800", "ps_module": "4103", "ps_script": "4104"}
CHANNELS = {
    "security": "Security", "system": "System", "application": "Application", "sysmon": SYSMON, "powershell": list(POWERSHELL), "powershell-classic": "Windows PowerShell",
    "applocker": ["Microsoft-Windows-AppLocker/" + x for x in ("MSI and Script", "EXE and DLL", "Packaged app-Deployment", "Packaged app-Execution")],
    "appmodel-runtime": "Microsoft-Windows-AppModel-Runtime/Admin", "appxdeployment-server": "Microsoft-Windows-AppXDeploymentServer/Operational",
    "appxpackaging-om": "Microsoft-Windows-AppxPackaging/Operational", "bits-client": "Microsoft-Windows-Bits-Client/Operational",
    "capi2": "Microsoft-Windows-CAPI2/Operational", "certificateservicesclient-lifecycle-system": "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    "codeintegrity-operational": "Microsoft-Windows-CodeIntegrity/Operational", "diagnosis-scripted": "Microsoft-Windows-Diagnosis-Scripted/Operational",
    "dns-client": ["Microsoft-Windows-DNS Client Events/Operational", "Microsoft-Windows-DNS-Client/Operational"], "dns-server": "DNS Server",
    "dns-server-analytic": ["Microsoft-Windows-DNS-Server/Analytical", "Microsoft-Windows-DNSServer/Analytical"],
    "driver-framework": "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
    "firewall-as": "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    "iis-configuration": ["Microsoft-IIS-Configuration/Operational", "Microsoft-Windows-IIS-Configuration/Operational"],
    "ldap": "Microsoft-Windows-LDAP-Client/Debug", "lsa-server": "Microsoft-Windows-LSA/Operational",
    "microsoft-servicebus-client": ["Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"],
    "msexchange-management": "MSExchange Management", "ntlm": "Microsoft-Windows-NTLM/Operational", "openssh": "OpenSSH/Operational",
    "printservice-admin": "Microsoft-Windows-PrintService/Admin", "printservice-operational": "Microsoft-Windows-PrintService/Operational",
    "security-mitigations": ["Microsoft-Windows-Security-Mitigations/" + x for x in ("Kernel Mode", "User Mode", "KernelMode", "UserMode")],
    "shell-core": "Microsoft-Windows-Shell-Core/Operational", "smbclient-security": "Microsoft-Windows-SmbClient/Security",
    "smbclient-connectivity": "Microsoft-Windows-SmbClient/Connectivity", "smbserver-connectivity": "Microsoft-Windows-SMBServer/Connectivity",
    "taskscheduler": "Microsoft-Windows-TaskScheduler/Operational",
    "terminalservices-localsessionmanager": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "windefend": "Microsoft-Windows-Windows Defender/Operational", "wmi": "Microsoft-Windows-WMI-Activity/Operational",
}


class Event:
    """Header and fields of a record; `fields` has strings, or lists of strings."""

    def __init__(self, channel, provider, code, computer, record, fields, where, header=frozenset()):
        self.channel, self.provider, self.code, self.computer, self.record, self.where = channel, provider, str(code), computer, record, where
        self.fields = fields
        self.spaceless = {key.replace(" ", ""): key for key in fields if " " in key}
        self.header = header  # of `fields`: what keywords are not looked for in
        self.folded = {}

    def values(self, name):
        if name not in self.fields and name in self.spaceless:
            name = self.spaceless[name]
        if name in self.fields:  # 104 says in its own `Channel` which log was cleared
            value = self.fields[name]
            return [] if value is None else value if isinstance(value, list) else [value]
        header = {"EventID": self.code, "Channel": self.channel, "Provider_Name": self.provider, "Computer": self.computer, "ComputerName": self.computer}
        return [header[name]] if name in header else []

    def lower(self, text):
        out = self.folded.get(text)
        if out is None:
            out = self.folded[text] = text.lower()
        return out


def number(text):
    try:
        return int(text, 16) if text[:2].lower() == "0x" else int(text)
    except ValueError:
        return None


@functools.lru_cache(100000)
def canonical(text):
    """What is equal to what: numbers, addresses and GUIDs by value, everything else without case."""
    text = text.lower()
    if re.fullmatch(r"0x[0-9a-f]+|\d+", text):
        return number(text)
    if re.fullmatch(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", text):
        return text.strip("{}")
    if re.fullmatch(r"[0-9a-f:.]*:[0-9a-f:.]*", text):
        try:
            address = ipaddress.ip_address(text)
            return str(address.ipv4_mapped or address)
        except ValueError:
            pass
    return text


# ---- values ----------------------------------------------------------------------------------------

MANY, ONE = object(), object()


def parse(text):
    """A Sigma string: characters, MANY for *, ONE for ?."""
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c == "\\" and i + 1 < len(text) and text[i + 1] in "*?\\":
            out.append(text[i + 1])
            i += 2
            continue
        out.append(MANY if c == "*" else ONE if c == "?" else c)
        i += 1
    return out


def text_test(pattern, cased):
    """pattern: list of characters, MANY, ONE -> function of (event, value)."""
    while len(pattern) > 1 and pattern[0] is MANY and pattern[1] is MANY:
        pattern = pattern[1:]
    if not any(x is MANY or x is ONE for x in pattern):
        literal = "".join(pattern)
        if cased:
            return lambda event, value: value == literal
        wanted = canonical(literal)
        return lambda event, value: canonical(value) == wanted
    start, end = pattern[0] is MANY, pattern[-1] is MANY
    inner = pattern[1 if start else 0:len(pattern) - (1 if end and len(pattern) > 1 else 0)]
    if not any(x is MANY or x is ONE for x in inner):
        part = "".join(inner) if cased else "".join(inner).lower()
        see = (lambda event, value: value) if cased else (lambda event, value: event.lower(value))
        if start and end or pattern == [MANY]:
            return lambda event, value: part in see(event, value)
        if end:
            return lambda event, value: see(event, value).startswith(part)
        return lambda event, value: see(event, value).endswith(part)
    source = "".join(".*" if x is MANY else "." if x is ONE else re.escape(x) for x in pattern)
    compiled = re.compile(source, re.S if cased else re.S | re.I)
    return lambda event, value: compiled.fullmatch(value) is not None


DASHES = "-/\u2013\u2014\u2015"


def windash(pattern):
    for i, c in enumerate(pattern):
        if not isinstance(c, str) or c not in DASHES:
            continue
        before = pattern[i - 1] if i > 0 else None
        after = pattern[i + 1] if i + 1 < len(pattern) else None
        word = lambda x: isinstance(x, str) and (x.isalnum() or x == "_")
        if word(before) or not word(after):
            continue
        rest = windash(pattern[i + 1:])
        return [pattern[:i] + [dash] + tail for dash in DASHES for tail in rest]
    return [pattern]


def encoded(patterns, modifier):
    out = []
    for pattern in patterns:
        if any(not isinstance(x, (str, bytes)) for x in pattern):
            raise ValueError("a wildcard is encoded")
        data = b"".join(x if isinstance(x, bytes) else x.encode() for x in pattern)
        text = None if any(isinstance(x, bytes) for x in pattern) else "".join(pattern)
        if modifier in ("utf16le", "wide"):
            out.append([text.encode("utf-16le")])
        elif modifier == "utf16be":
            out.append([text.encode("utf-16be")])
        elif modifier == "utf16":
            out.append([b"\xff\xfe" + text.encode("utf-16le")])
        elif modifier == "base64":
            out.append(list(base64.b64encode(data).decode()))
        else:
            for offset in range(3):
                whole = base64.b64encode(b"\0" * offset + data).decode()
                begin = (0, 2, 3)[offset]
                end = (len(whole), -3, -2)[(len(data) + offset) % 3]
                if whole[begin:end]:
                    out.append(list(whole[begin:end]))
    return out


# ---- detections ------------------------------------------------------------------------------------

def field_test(key, raw, field_of):
    """One line of a map -> function of an event. field_of(event, name) gives (name, map of values)."""
    name, *modifiers = str(key).split("|")
    values = raw if isinstance(raw, list) else [raw]
    cased = "cased" in modifiers
    tests = []
    for value in values:
        if "exists" in modifiers:
            present = value is True or str(value).lower() in ("true", "yes")
            tests.append(("field", lambda event, seen, present=present: bool(seen) == present))
            continue
        if value is None:
            tests.append(("field", lambda event, seen: not seen))
            continue
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        if "fieldref" in modifiers:
            def reference(event, seen, text=text):
                others = event.values(field_of(event, text)[0])
                op = "contains" if "contains" in modifiers else "startswith" if "startswith" in modifiers else "endswith" if "endswith" in modifiers else ""
                ops = {"": lambda a, b: canonical(a) == canonical(b), "contains": lambda a, b: b.lower() in a.lower(),
                       "startswith": lambda a, b: a.lower().startswith(b.lower()), "endswith": lambda a, b: a.lower().endswith(b.lower())}
                return any(ops[op](a, b) for a in seen for b in others)
            tests.append(("field", reference))
        elif "cidr" in modifiers:
            network = ipaddress.ip_network(text, strict=False)
            def inside(event, value, network=network):
                try:
                    address = ipaddress.ip_address(value)
                except ValueError:
                    return False
                address = getattr(address, "ipv4_mapped", None) or address
                return address in network
            tests.append(("value", inside))
        elif "re" in modifiers:
            flags = (re.I if "i" in modifiers else 0) | (re.M if "m" in modifiers else 0) | (re.S if "s" in modifiers else 0)
            compiled = re.compile(text, flags)
            tests.append(("value", lambda event, value, compiled=compiled: compiled.search(value) is not None))
        elif {"gt", "gte", "lt", "lte"} & set(modifiers):
            bound = float(text)
            op = next(m for m in modifiers if m in ("gt", "gte", "lt", "lte"))
            ops = {"gt": lambda a: a > bound, "gte": lambda a: a >= bound, "lt": lambda a: a < bound, "lte": lambda a: a <= bound}
            tests.append(("value", lambda event, value, f=ops[op]: number(value) is not None and f(number(value))))
        else:
            patterns = [parse(text)]
            for modifier in modifiers:
                if modifier == "windash":
                    patterns = [variant for pattern in patterns for variant in windash(pattern)]
                elif modifier in ("base64", "base64offset", "utf16le", "utf16be", "utf16", "wide"):
                    patterns = encoded(patterns, modifier)
                elif modifier == "contains":
                    patterns = [[MANY] + p + [MANY] for p in patterns]
                elif modifier == "startswith":
                    patterns = [p + [MANY] for p in patterns]
                elif modifier == "endswith":
                    patterns = [[MANY] + p for p in patterns]
                elif modifier not in ("all", "cased", "neq", "expand"):
                    raise ValueError("modifier " + modifier)
            if not name:
                patterns = [[MANY] + p + [MANY] for p in patterns]
            parts = [text_test(p, cased) for p in patterns]
            literal = text.lower()
            test = (lambda event, value, parts=parts: any(part(event, value) for part in parts)) if len(parts) > 1 else parts[0]
            tests.append(("mapped", (literal, test)))
    every = "all" in modifiers

    def holds(event, kind, test, seen, names):
        if kind == "field":
            return test(event, seen)
        if kind == "mapped":
            literal, test = test
            if literal in names:
                wanted = canonical(names[literal])
                return any(canonical(value) == wanted for value in seen)
        return any(test(event, value) for value in seen)

    def result(event):
        if name:
            own, names = field_of(event, name)
            seen = event.values(own)
        else:
            names = {}
            seen = [v for key, value in event.fields.items() if key not in event.header for v in (value if isinstance(value, list) else [value])]
        found = (holds(event, kind, test, seen, names) for kind, test in tests)
        outcome = all(found) if every else any(found)
        return not outcome if "neq" in modifiers else outcome
    return result


def search_test(node, field_of):
    if isinstance(node, dict):
        parts = [field_test(key, value, field_of) for key, value in node.items()]
        return lambda event: all(part(event) for part in parts)
    if isinstance(node, list):
        parts = [search_test(item, field_of) for item in node]
        return lambda event: any(part(event) for part in parts)
    return field_test("", node, field_of)


def condition_test(text, searches):
    """or < and < not < `1 of` < ( )"""
    words = re.findall(r"[()]|[^\s()]+", text)
    at = 0

    def peek():
        return words[at].lower() if at < len(words) else ""

    def take():
        nonlocal at
        at += 1
        return words[at - 1]

    def disjunction():
        parts = [conjunction()]
        while peek() == "or":
            take()
            parts.append(conjunction())
        return (lambda event: any(part(event) for part in parts)) if len(parts) > 1 else parts[0]

    def conjunction():
        parts = [negation()]
        while peek() == "and":
            take()
            parts.append(negation())
        return (lambda event: all(part(event) for part in parts)) if len(parts) > 1 else parts[0]

    def negation():
        if peek() == "not":
            take()
            inner = negation()
            return lambda event: not inner(event)
        return atom()

    def atom():
        word = take()
        if word == "(":
            inner = disjunction()
            assert take() == ")"
            return inner
        if peek() == "of":
            take()
            pattern = take()
            if pattern == "them":
                chosen = [test for name, test in searches.items() if not name.startswith("_")]
            else:
                expression = re.compile(re.escape(pattern).replace(r"\*", ".*"))
                chosen = [test for name, test in searches.items() if expression.fullmatch(name)]
            assert chosen
            quantifier = all if word.lower() == "all" else any
            return lambda event: quantifier(test(event) for test in chosen)
        return searches[word]

    out = disjunction()
    assert at == len(words), text
    return out


class Rule:
    """One document with a detection: `reads(event)` is its log source, `matches(event)` the rest."""

    def __init__(self, document):
        self.id = document.get("id")
        self.title = document.get("title")
        source = document["logsource"]
        self.product, self.category, self.service = source.get("product"), source.get("category"), source.get("service")
        detection = document["detection"]
        twin = TWINS.get(self.category, (None, {}))

        def field_of(event, name):
            if event.code == twin[0] and event.channel.lower() == "security":
                own = twin[1].get(name, name)
                return own if isinstance(own, tuple) else (own, {})
            return name, {}

        searches = {name: search_test(node, field_of) for name, node in detection.items() if name not in ("condition", "timeframe")}
        conditions = detection["condition"] if isinstance(detection["condition"], list) else [detection["condition"]]
        tests = [condition_test(text, searches) for text in conditions]
        self.matches = (lambda event: any(test(event) for test in tests)) if len(tests) > 1 else tests[0]
        self.where = self.places()

    def places(self):
        """(channel, event id) pairs; an id of None is any. Nothing: not a log of Windows that is kept."""
        if self.product != "windows":
            return None
        if self.category in SYSMON_EVENTS:
            out = [(SYSMON, code) for code in SYSMON_EVENTS[self.category].split()]
            if self.category in TWINS:
                out.append(("security", TWINS[self.category][0]))
            return out
        if self.category in POWERSHELL_EVENTS:
            code = POWERSHELL_EVENTS[self.category]
            return [("windows powershell", code)] if "classic" in self.category else [(channel, code) for channel in POWERSHELL]
        if self.category:
            return []
        if not self.service:
            return [(None, None)]
        channels = CHANNELS[self.service]
        return [(channel.lower(), None) for channel in (channels if isinstance(channels, list) else [channels])]

    def reads(self, event):
        for channel, code in self.where:
            if (channel is None or event.channel.lower() == channel) and (code is None or event.code == code):
                if event.code == "4663" and self.category == "file_event":
                    mask = number(event.fields.get("AccessMask", "") or "") or 0
                    return event.fields.get("ObjectType", "").lower() == "file" and mask & 6 != 0
                return True
        return False
