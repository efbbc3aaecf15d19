#!/usr/bin/env python3
"""Make the corpus of the reverse toy of JoeyNMT's tutorial: sequences of 1 to 25 integers below 50, and the same backwards.

    python3 reverse_toy.py FOLDER

Writes train, valid and test parts (50,000, 1,000 and 1,000 pairs) as FOLDER/PART.source and FOLDER/PART.target.
"""

import argparse
import random
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()

    chooser = random.Random(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    for part, pairs in (("train", 50_000), ("valid", 1_000), ("test", 1_000)):
        with (
            open(options.folder / f"{part}.source", "w", encoding="utf-8") as source,
            open(options.folder / f"{part}.target", "w", encoding="utf-8") as target,
        ):
            for _ in range(pairs):
                integers = [str(chooser.randrange(50)) for _ in range(chooser.randint(1, 25))]
                print(*integers, file=source)
                print(*reversed(integers), file=target)


if __name__ == "__main__":
    main()
