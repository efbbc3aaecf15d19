"""Batched beam search in PyTorch over a DistSeq2Seq checkpoint, as a good PyTorch user writes it. Prints one line of JSON.

The search is the one that DistSeq2Seq makes: length penalty of Wu et al. 2016 (equation 14), hypotheses that end are set aside, a
sentence is done when no live hypothesis can reach its best finished one, and done sentences leave the batch.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import common

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rank", type=int, default=0)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--model", required=True, help="model.safetensors of the checkpoint")
parser.add_argument("--sentences", required=True, help="a JSON list of source ids a line")
parser.add_argument("--beam", type=int, default=5)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--alpha", type=float, default=0.6)
parser.add_argument("--ratio", type=float, default=2.0)
parser.add_argument("--extra", type=int, default=10)
parser.add_argument("--expect", default="", help="what the other side found, to compare with: a JSON object with score and tokens a line")
options = parser.parse_args()
common.pin(options.rank)

import torch  # noqa: E402 (after the pinning)
from torch import nn  # noqa: E402
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples" / "python"))
from load_checkpoint import load  # noqa: E402

PAD, UNKNOWN, BEGIN, END = range(4)


class Translator(nn.Module):
    """The checkpoint's network: stacked LSTMs of one direction, general attention without input feeding."""

    def __init__(self, tensors):
        super().__init__()
        self.source = nn.Embedding.from_pretrained(tensors["encoder.embedding.weight"])
        self.target = nn.Embedding.from_pretrained(tensors["decoder.embedding.weight"])
        self.encoder = self.lstm(tensors, "encoder.rnn.")
        self.decoder = self.lstm(tensors, "decoder.rnn.")
        self.score = tensors["decoder.attention.score.weight"]
        self.combine = tensors["decoder.attention.combine.weight"]
        self.weight, self.bias = tensors["decoder.output.weight"], tensors["decoder.output.bias"]

    @staticmethod
    def lstm(tensors, prefix):
        own = {name[len(prefix):]: t for name, t in tensors.items() if name.startswith(prefix)}
        layers = sum(name.startswith("weight_ih") for name in own)
        lstm = nn.LSTM(own["weight_ih_l0"].shape[1], own["weight_hh_l0"].shape[1], layers)
        lstm.load_state_dict(own)
        return lstm

    def encode(self, source, lengths):
        """source [S, B], longest first. Keys [B, H, S], values [B, S, H], padding [B, 1, S], state ([L, B, H], [L, B, H])."""
        packed, state = self.encoder(pack_padded_sequence(self.source(source), lengths))
        memory, _ = pad_packed_sequence(packed)
        values = memory.transpose(0, 1).contiguous()
        return (values @ self.score.t()).transpose(1, 2).contiguous(), values, (source.t() == PAD).unsqueeze(1), state

    def step(self, tokens, state, keys, values, padding):
        """tokens [B, K]; state rows b * K + k. Log-probabilities [B, K, V] and the state after."""
        batch, beam = tokens.shape
        top, state = self.decoder(self.target(tokens.reshape(1, -1)), state)
        queries = top.view(batch, beam, -1)
        weights = torch.bmm(queries, keys).masked_fill_(padding, -math.inf).softmax(-1)
        mixed = torch.tanh(torch.cat([torch.bmm(weights, values), queries], -1) @ self.combine.t())
        logits = torch.addmm(self.bias, mixed.view(batch * beam, -1), self.weight.t())
        return logits.log_softmax(-1).view(batch, beam, -1), state


def penalty(length):
    return ((5 + length) / 6) ** options.alpha


def search(model, sources, steps=None):
    """Best (score, tokens) of each source. For a single source, `steps` takes what each step chose from, if it is a list."""
    beam, count = options.beam, len(sources)
    lengths = torch.tensor([len(s) + 1 for s in sources])
    keys, values, padding, state = model.encode(pad_sequence([torch.tensor(s + [END]) for s in sources]), lengths)
    state = tuple(s.repeat_interleave(beam, 1) for s in state)
    longest = torch.tensor([math.floor(options.ratio * len(s)) + options.extra for s in sources])
    mildest = ((6 + longest) / 6.0) ** options.alpha
    numbers = list(range(count))
    best = [(-math.inf, [])] * count
    best_scores = torch.full((count,), -math.inf)
    scores = torch.full((count, beam), -math.inf)
    scores[:, 0] = 0
    tokens = torch.full((count, beam, 1), BEGIN)
    while numbers:
        length = tokens.shape[2] - 1
        following, state = model.step(tokens[:, :, -1], state, keys, values, padding)
        following[:, :, [PAD, BEGIN]] = -math.inf
        must_end = longest == length
        total = following.add_(scores.unsqueeze(2))
        # Twice as many candidates as live hypotheses are wanted: at most `beam` of them end.
        top, places = total.view(len(numbers), -1).topk(2 * beam)
        words = following.shape[2]
        parents, chosen = torch.div(places, words, rounding_mode="floor"), places % words
        ends = chosen == END
        lives_before = (~ends).cumsum(1) - (~ends).long()
        finished = ends & (lives_before < beam) & ~must_end.unsqueeze(1)
        if must_end.any():
            ended, parent = total[:, :, END].max(1)
            for row in must_end.nonzero().flatten().tolist():
                value = ended[row].item() / penalty(length + 1)
                if value > best[numbers[row]][0]:
                    best[numbers[row]] = (value, tokens[row, parent[row], 1:].tolist())
        for row, column in finished.nonzero().tolist():
            value = top[row, column].item() / penalty(length + 1)
            if value > best[numbers[row]][0]:
                best[numbers[row]] = (value, tokens[row, parents[row, column], 1:].tolist())
                best_scores[row] = value
        live = ((~ends) & (lives_before < beam)).long().topk(beam, dim=1, sorted=False).indices.sort(1).values
        if steps is not None:
            prefixes = [tuple(tokens[0, parent, 1:].tolist()) for parent in parents[0].tolist()]
            steps.append([(score, prefix + (word,)) for score, prefix, word in zip(top[0].tolist(), prefixes, chosen[0].tolist()) if word != END])
        scores = top.gather(1, live)
        parents, chosen = parents.gather(1, live), chosen.gather(1, live)
        stay = (~must_end & (scores[:, 0] / mildest > best_scores)).nonzero().flatten()
        rows = (stay.unsqueeze(1) * beam + parents[stay]).flatten()
        state = tuple(s.index_select(1, rows) for s in state)
        tokens = torch.cat([tokens.view(-1, length + 1)[rows].view(len(stay), beam, length + 1), chosen[stay].unsqueeze(2)], 2)
        scores, best_scores, longest, mildest = scores[stay], best_scores[stay], longest[stay], mildest[stay]
        if len(stay) < len(numbers):
            keys, values, padding = keys[stay], values[stay], padding[stay]
            numbers = [numbers[i] for i in stay.tolist()]
    return best


def translate(model, sources):
    order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
    found = [None] * len(sources)
    for first in range(0, len(order), options.batch):
        batch = order[first:first + options.batch]
        for i, result in zip(batch, search(model, [sources[j] for j in batch])):
            found[i] = result
    return found


def score_of(model, source, tokens):
    """The score of a given translation."""
    keys, values, padding, state = model.encode(torch.tensor(source + [END]).unsqueeze(1), torch.tensor([len(source) + 1]))
    total, before = 0.0, BEGIN
    for token in tokens + [END]:
        following, state = model.step(torch.tensor([[before]]), state, keys, values, padding)
        total, before = total + following[0, 0, token].item(), token
    return total / penalty(len(tokens) + 1)


def tie(model, source, theirs):
    """How nearly the search of one source went the other side's way: the smallest gap, in log probability, that would have let a
    hypothesis of one side into the beam, or out of it, where the two part. Infinite where no such choice was near."""
    steps = []
    _, own = search(model, [source], steps)[0]
    gaps = []
    for length, candidates in enumerate(steps, 1):
        kept, left = candidates[:options.beam], candidates[options.beam:]
        wanted = [score for score, prefix in left if list(prefix) == theirs[:length]]
        if wanted:  # it fell out here, and nothing later can tell more of it
            gaps.append(kept[-1][0] - wanted[0])
            break
    for length, candidates in enumerate(steps, 1):
        stays = [score for score, prefix in candidates[:options.beam] if list(prefix) == own[:length]]
        if stays and len(candidates) > options.beam:
            gaps.append(stays[0] - candidates[options.beam][0])
    return min(gaps, default=math.inf)


def compare(model, sources, found, expected):
    """Ends the program unless both sides have searched for the same. They compute with different roundings, so where two hypotheses
    tie for the last place of the beam each side may keep another one; then the other side's translation must have the score
    that it says, and the choice must have been that near."""
    rounding, near = 1e-3, 1e-3
    differing, gap = 0, 0.0
    if len(expected) != len(found):
        sys.exit(f"{len(expected)} translations to compare with, expected {len(found)}")
    for number, (source, (score, tokens), other) in enumerate(zip(sources, found, expected)):
        if abs(other["score"] - score) <= rounding:
            continue
        differing += 1
        here = score_of(model, source, other["tokens"])
        if abs(here - other["score"]) > rounding:
            sys.exit(f"sentence {number}: the other side's translation has the score {here}, not {other['score']} as it says")
        near_by = tie(model, source, other["tokens"])
        if near_by > near:
            sys.exit(f"sentence {number}: the sides find translations of scores {score} and {other['score']}, and no choice was nearer than {near_by}: "
                     "the two sides do not search for the same")
        gap = max(gap, near_by)
    return {"scores that differ": differing, "largest tie": gap}


common.join(torch, options)
sentences = [json.loads(line) for line in open(options.sentences, encoding="utf-8")]
with torch.inference_mode():
    model = Translator(load(options.model)[0]).eval()
    translate(model, sentences)  # warm up
    watch = common.Stopwatch()
    results = watch.round(lambda: translate(model, sentences))
    detail = {"tokens": sum(len(tokens) for _, tokens in results)}
    if options.expect:
        detail.update(compare(model, sentences, results, [json.loads(line) for line in open(options.expect, encoding="utf-8")]))
watch.report(detail=detail)
