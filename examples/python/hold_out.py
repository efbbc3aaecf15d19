#!/usr/bin/env python3
"""Splits two parallel files at random into training and validation files; the same seed gives the same split."""
import argparse
import pathlib
import random
import sys


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8").removesuffix("\n").split("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", help="file of sources, one a line")
    parser.add_argument("target", help="file of targets, line by line")
    parser.add_argument("--pairs", type=int, default=1000, help="pairs to hold out (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", required=True, help="folder for train.src, train.tgt, valid.src, valid.tgt")
    arguments = parser.parse_args()
    sources, targets = read(arguments.source), read(arguments.target)
    if len(sources) != len(targets):
        sys.exit(f"{arguments.source} has {len(sources)} lines and {arguments.target} {len(targets)}; they must be parallel")
    if not 0 < arguments.pairs < len(sources):
        sys.exit(f"--pairs is {arguments.pairs}; it must be from 1 to {len(sources) - 1}")

    held = set(random.Random(arguments.seed).sample(range(len(sources)), arguments.pairs))
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    for name, chosen in (("train", lambda i: i not in held), ("valid", lambda i: i in held)):
        for ending, lines in (("src", sources), ("tgt", targets)):
            with open(folder / f"{name}.{ending}", "w", encoding="utf-8", newline="\n") as out:
                out.writelines(line + "\n" for i, line in enumerate(lines) if chosen(i))
    print(f"{folder}: {len(sources) - len(held):,} pairs to train, {len(held):,} held out")


if __name__ == "__main__":
    main()
