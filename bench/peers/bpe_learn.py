#!/usr/bin/env python3
"""Byte-pair encoding learned in plain Python: the peer that BpeLearner is compared with.

    python3 bpe_learn.py --merges 8000 < words.txt > codes

Reads tokens separated by spaces; writes subword-nmt's format. The algorithm is that of Sennrich, Haddow and Birch
(2016) with counts and an index from pairs to words kept up to date beside each merge, and the best pair found by one
pass over the counts. Ties go to the greatest pair.
"""
import argparse
import sys
from collections import Counter, defaultdict


def pairs_of(symbols):
    return zip(symbols, symbols[1:])


def merge_word(symbols, left, right):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and symbols[at] == left and symbols[at + 1] == right:
            merged.append(left + right)
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return merged


def learn(words, merges, min_frequency=2):
    counts = list(words.values())
    symbols = [[*word[:-1], word[-1] + "</w>"] for word in words]
    frequency = Counter()
    holders = defaultdict(set)
    for index, word in enumerate(symbols):
        for pair in pairs_of(word):
            frequency[pair] += counts[index]
            holders[pair].add(index)
    for _ in range(merges):
        if not frequency:
            return
        best = max(frequency, key=lambda pair: (frequency[pair], pair))
        if frequency[best] < min_frequency:
            return
        yield best
        for index in holders.pop(best):
            before = symbols[index]
            after = merge_word(before, *best)
            if len(after) == len(before):
                continue
            for pair in pairs_of(before):
                frequency[pair] -= counts[index]
                if not frequency[pair]:
                    del frequency[pair]
            for pair in pairs_of(after):
                frequency[pair] += counts[index]
                holders[pair].add(index)
            symbols[index] = after


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--merges", type=int, default=8000)
    arguments = parser.parse_args()
    words = Counter(word for line in sys.stdin for word in line.strip("\r\n ").split(" ") if word)
    print("#version: 0.2")
    for left, right in learn(words, arguments.merges):
        print(left, right)


if __name__ == "__main__":
    main()
