#!/usr/bin/env python3
"""Make CSV files (RFC 4180, with a header) of tab-separated ones: fields with commas, quotes or line breaks stand in quotes.

    python3 tsv_to_csv.py FOLDER/train.tsv FOLDER/valid.tsv --columns english french --out data/tatoeba-en-fr

Writes OUT/train.csv and OUT/valid.csv, a record for each line of the files.
"""

import argparse
import csv
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tsv", type=Path, nargs="+", help="text, fields separated by tabs, no header")
    parser.add_argument("--columns", nargs="+", default=["source", "target"], help="names of the columns (source target)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    options = parser.parse_args()

    options.out.mkdir(parents=True, exist_ok=True)
    for path in options.tsv:
        written = options.out / f"{path.stem}.csv"
        records = 0
        with (
            open(path, encoding="utf-8", newline="\n") as lines,
            open(written, "w", encoding="utf-8", newline="") as output,
        ):
            writer = csv.writer(output, lineterminator="\n")
            writer.writerow(options.columns)
            for number, line in enumerate(lines, 1):
                fields = line.removesuffix("\n").removesuffix("\r").split("\t")
                if len(fields) != len(options.columns):
                    parser.error(f"{path}: line {number}: {len(fields)} fields, and --columns names {len(options.columns)}")
                writer.writerow(fields)
                records += 1
        print(f"{written}: {records} records")


if __name__ == "__main__":
    main()
