#!/usr/bin/env python3
"""Cut a parallel corpus at random into training, validation and test parts: same files, same seed, same cut.

    python3 hold_out.py train.src train.tgt --valid 500 --test 1000 --out FOLDER

Writes FOLDER/PART.source and FOLDER/PART.target for train, valid and test; the order within a part is that of the files.
"""

import argparse
import random
from pathlib import Path


def lines(path):
    return Path(path).read_text(encoding="utf-8").removesuffix("\n").split("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", help="text, a sentence a line")
    parser.add_argument("target", help="text, a sentence a line")
    parser.add_argument("--valid", type=int, default=500, help="pairs of the validation part (500)")
    parser.add_argument("--test", type=int, default=1000, help="pairs of the test part (1,000)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    pairs = list(zip(lines(options.source), lines(options.target), strict=True))
    if options.valid < 1 or options.test < 1 or options.valid + options.test >= len(pairs):
        parser.error(f"--valid {options.valid} --test {options.test}: the corpus has {len(pairs)} pairs; each part needs at least one")
    chosen = random.Random(options.seed).sample(range(len(pairs)), options.valid + options.test)
    part_of = dict.fromkeys(chosen[: options.test], "test") | dict.fromkeys(chosen[options.test :], "valid")
    options.out.mkdir(parents=True, exist_ok=True)
    for part in ("train", "valid", "test"):
        own = [pair for index, pair in enumerate(pairs) if part_of.get(index, "train") == part]
        for side, column in (("source", 0), ("target", 1)):
            (options.out / f"{part}.{side}").write_text("".join(pair[column] + "\n" for pair in own), encoding="utf-8")
        print(f"{part}: {len(own)} pairs")


if __name__ == "__main__":
    main()
