"""A training loop as a good PyTorch user writes it: alone, or with DistributedDataParallel over gloo.

One process a worker: --rank 0 … workers-1, each pinned to the core of its rank. Prints one line of JSON.
With --batches FILE the sentences come from a file of ids (one JSON object a micro-batch: source and target lists), else from
a seed: every sentence 24 tokens long.
"""
import argparse
import json

import common

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rank", type=int, default=0)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--port", type=int, default=29511)
parser.add_argument("--warmup", type=int, default=2)
parser.add_argument("--steps", type=int, default=5)
parser.add_argument("--sentences", type=int, default=64)
parser.add_argument("--length", type=int, default=24)
parser.add_argument("--vocabulary", type=int, default=8000)
parser.add_argument("--hidden", type=int, default=512)
parser.add_argument("--embedding", type=int, default=256)
parser.add_argument("--input-feeding", action="store_true")
parser.add_argument("--batches", default="")
parser.add_argument("--half", action="store_true", help="gradients travel as float16, by DDP's own hook")
common.add_meeting(parser)
options = parser.parse_args()
common.pin(options.rank)

import torch  # noqa: E402 (after the pinning, so that its threads keep to the core)
from torch.nn.utils import clip_grad_norm_  # noqa: E402

from model import PAD, Seq2Seq  # noqa: E402


def columns(sentences):
    """Lists of ids to [longest, sentences], padded."""
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sentences], padding_value=PAD)


def batch(source, lengths, target_input, target_output):
    """What the model takes, and the number of words to predict on all ranks, which every rank knows before it trains."""
    real = (target_output != PAD).flatten()
    places = None if bool(real.all()) else real.nonzero().flatten()
    words_out = target_output.flatten() if places is None else target_output.flatten()[places]
    tokens = torch.tensor(float(len(words_out)))
    if options.workers > 1:
        torch.distributed.all_reduce(tokens)
    return (source, lengths, target_input, words_out, places), float(len(words_out)), tokens.item()


def from_file(path):
    """Micro-batches of this rank, longest source first."""
    batches = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % options.workers != options.rank:
                continue
            pairs = sorted(json.loads(line), key=lambda pair: -len(pair[0]))
            batches.append(batch(columns([p[0] + [3] for p in pairs]), torch.tensor([len(p[0]) + 1 for p in pairs]),
                                 columns([[2] + p[1] for p in pairs]), columns([p[1] + [3] for p in pairs])))
    return batches


def from_seed(count):
    generator = torch.Generator().manual_seed(7 + options.rank)
    shape = (options.length, options.sentences)

    def tokens():
        return torch.randint(4, options.vocabulary, shape, generator=generator)

    lengths = torch.full((options.sentences,), options.length)
    return [batch(tokens(), lengths, tokens(), tokens()) for _ in range(count)]


common.join(torch, options)
torch.manual_seed(1)
model = Seq2Seq(options.vocabulary, options.embedding, options.hidden, input_feeding=options.input_feeding)
model.train()
trained = model if options.workers == 1 else torch.nn.parallel.DistributedDataParallel(
    model, gradient_as_bucket_view=True, static_graph=True)
if options.half:
    from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import fp16_compress_hook
    trained.register_comm_hook(None, fp16_compress_hook)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
batches = from_file(options.batches) if options.batches else from_seed(options.warmup + options.steps)


def step(number):
    inputs, own, tokens = batches[number % len(batches)]
    # DDP averages gradients over workers: times their number, over all tokens, gives the mean over tokens.
    loss = trained(*inputs) * (options.workers / tokens)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return own


for number in range(options.warmup):
    step(number)
watch = common.Stopwatch()
tokens = sum(watch.round(lambda n=number: step(options.warmup + n)) for number in range(options.steps))
watch.report(tokens_per_second=tokens / sum(watch.wall), tokens=tokens, parameters=sum(p.numel() for p in model.parameters()))
