#!/usr/bin/env python3
"""Makes folding_table.inc: simple case folding (CaseFolding.txt statuses C and S) as runs.

Python carries full folding (str.casefold, C + F) and no simple folding. Simple folding is derived:
where full folding gives one code point, that is status C; where it gives several, the status is F and
the S entry, where there is one, is the single-code-point lower case. U+0130 has F and T only, so it
stays. Run: python3 runtime/value/make_folding.py > runtime/value/folding_table.inc
"""
import sys
import unicodedata


def simple(code: int) -> int:
    if 0xD800 <= code <= 0xDFFF or code == 0x130:
        return code
    char = chr(code)
    full = char.casefold()
    if len(full) == 1:
        return ord(full)
    lower = char.lower()
    return ord(lower) if len(lower) == 1 else code


def check() -> None:
    known = {0x41: 0x61, 0xB5: 0x3BC, 0xDF: 0xDF, 0x130: 0x130, 0x131: 0x131, 0x17F: 0x73, 0x1E9E: 0xDF,
             0x3C2: 0x3C3, 0x3A3: 0x3C3, 0x212A: 0x6B, 0x212B: 0xE5, 0x13A0: 0x13A0, 0xAB70: 0x13A0,
             0x13F8: 0x13F0, 0x1C5: 0x1C6, 0x1F88: 0x1F80, 0x10400: 0x10428, 0x1E900: 0x1E922, 0x2160: 0x2170}
    for code, want in known.items():
        assert simple(code) == want, f"U+{code:04X} -> U+{simple(code):04X}, not U+{want:04X}"
    for code in range(0x110000):
        assert simple(simple(code)) == simple(code), f"U+{code:04X}: folding twice differs"


def main() -> None:
    check()
    # A run: codes first, first+step, … last all fold to themselves + delta.
    runs: list[list[int]] = []
    for code in range(0x80, 0x110000):
        delta = simple(code) - code
        if delta == 0:
            continue
        if runs:
            last = runs[-1]
            gap = code - last[1]
            if delta == last[3] and gap in (1, 2) and (last[0] == last[1] or gap == last[2]):
                last[1], last[2] = code, gap
                continue
        runs.append([code, code, 1, delta])
    out = sys.stdout
    out.write(f"// Made by make_folding.py from Unicode {unicodedata.unidata_version}; do not edit. first, last, step, delta\n")
    for first, last, step, delta in runs:
        out.write(f"{{0x{first:X}, 0x{last:X}, {step}, {delta}}},\n")


main()
