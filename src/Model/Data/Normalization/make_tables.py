#!/usr/bin/env python3
"""Writes UnicodeDecompositions.txt, the table of the normalizer, from Python's unicodedata.

    python3 make_tables.py > UnicodeDecompositions.txt

Lines, all numbers hexadecimal: `c CODE CLASS` the canonical combining class where it is not 0; `d CODE CODE...` the
canonical and `k CODE CODE...` the compatibility decomposition, one level; `x CODE` a code point that has a canonical
decomposition and is never composed again. Hangul syllables follow arithmetic and are left out.
"""
import sys
import unicodedata

print(f"# Unicode {unicodedata.unidata_version}, from the Unicode Character Database; written by make_tables.py")
for code in range(sys.maxunicode + 1):
    character = chr(code)
    combining = unicodedata.combining(character)
    if combining:
        print(f"c {code:X} {combining:X}")
    decomposition = unicodedata.decomposition(character)
    if not decomposition or 0xAC00 <= code <= 0xD7A3:
        continue
    if decomposition.startswith("<"):
        print(f"k {code:X} {decomposition.split('> ', 1)[1]}")
        continue
    print(f"d {code:X} {decomposition}")
    if len(decomposition.split()) == 2 and unicodedata.normalize("NFC", character) != character:
        print(f"x {code:X}")
