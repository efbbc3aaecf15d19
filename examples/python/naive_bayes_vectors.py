#!/usr/bin/env python3
"""Word vectors for a classifier to start from: what naive Bayes knows of each word, and random numbers besides.

    python3 naive_bayes_vectors.py train.tsv --width 64 > vectors.txt

The first number of a word is its log-count ratio between the two labels (Wang and Manning 2012, "Baselines and Bigrams"; counts of
sentences with add-one smoothing) times --scale; the others are uniform between -0.1 and 0.1. A network that starts from them begins as a
bag of words and learns from there what order adds. Plain Python; the file is sentence TAB label, the output word2vec's text format.
"""
import argparse
import collections
import math
import random
import sys

from bag_of_words import features, read


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", help="file of sentence TAB label")
    parser.add_argument("--width", type=int, default=64, help="numbers of a word: model.embedding_size (64)")
    parser.add_argument("--scale", type=float, default=0.3, help="of the log-count ratio (0.3)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts = collections.defaultdict(collections.Counter)
    for sentence, label in read(options.train):
        counts[label].update(word for word, in features(sentence, 1))
    if len(counts) != 2:
        sys.exit(f"{options.train}: has {len(counts)} labels ({', '.join(sorted(counts))}); a log-count ratio is between two")
    vocabulary = sorted(set().union(*counts.values()))
    (first, before), (second, after) = [(sum(counts[label].values()) + len(vocabulary), counts[label]) for label in sorted(counts)]
    generator = random.Random(options.seed)
    print(len(vocabulary), options.width)
    for word in vocabulary:
        ratio = math.log((after[word] + 1) / second) - math.log((before[word] + 1) / first)
        others = [generator.uniform(-0.1, 0.1) for _ in range(options.width - 1)]
        print(word, *(f"{number:.5f}" for number in [options.scale * ratio, *others]))


if __name__ == "__main__":
    main()
