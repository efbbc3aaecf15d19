#!/usr/bin/env python3
"""What a majority vote and a bag of words reach on labelled sentences: the least that a classifier must beat.

The bag of words is multinomial naive Bayes over the unigrams (or unigrams and bigrams) that a sentence holds, each counted once,
with add-one smoothing (Wang and Manning 2012, "Baselines and Bigrams"). Plain Python; files are sentence TAB label.
"""
import argparse
import collections
import math
import sys


def read(path):
    pairs = []
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            sentence, tab, label = line.rstrip("\r\n").rpartition("\t")
            if not tab:
                sys.exit(f"{path}: line {number}: no tab; sentence TAB label is needed")
            pairs.append((sentence, label))
    if not pairs:
        sys.exit(f"{path}: is empty")
    return pairs


def features(sentence, longest):
    words = sentence.lower().split()
    return {tuple(words[i:i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)}


def naive_bayes(train, longest):
    """Returns a function from sentence to label."""
    sentences = collections.Counter(label for _, label in train)
    counts = {label: collections.Counter() for label in sentences}
    for sentence, label in train:
        counts[label].update(features(sentence, longest))
    vocabulary = set().union(*counts.values())
    totals = {label: sum(c.values()) + len(vocabulary) for label, c in counts.items()}

    def classify(sentence):
        known = [f for f in features(sentence, longest) if f in vocabulary]
        return max(sorted(sentences), key=lambda label: math.log(sentences[label]) +
                   sum(math.log((counts[label][f] + 1) / totals[label]) for f in known))

    return classify


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", help="file of sentence TAB label")
    parser.add_argument("valid", help="file to be right about")
    arguments = parser.parse_args()
    train, valid = read(arguments.train), read(arguments.valid)
    majority = collections.Counter(label for _, label in train).most_common(1)[0][0]
    classifiers = [(f"majority ({majority})", lambda _: majority),
                   ("bag of words", naive_bayes(train, 1)),
                   ("bag of words and bigrams", naive_bayes(train, 2))]
    for name, classify in classifiers:
        right = sum(classify(sentence) == label for sentence, label in valid)
        print(f"{name:26} {100 * right / len(valid):6.2f} %  ({right} of {len(valid)})")


if __name__ == "__main__":
    main()
