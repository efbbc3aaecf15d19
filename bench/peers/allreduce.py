"""gloo's all-reduce of one float32 buffer between processes. Prints one line of JSON."""
import argparse

import common

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rank", type=int, default=0)
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--port", type=int, default=29512)
parser.add_argument("--warmup", type=int, default=3)
parser.add_argument("--steps", type=int, default=10)
parser.add_argument("--elements", type=int, default=16250000)
common.add_meeting(parser)
options = parser.parse_args()
common.pin(options.rank)

import torch  # noqa: E402 (after the pinning)

common.join(torch, options)
buffer = torch.rand(options.elements)
watch = common.Stopwatch()
for number in range(options.warmup + options.steps):
    torch.distributed.barrier()
    if number == options.warmup:
        watch = common.Stopwatch()
    watch.round(lambda: torch.distributed.all_reduce(buffer))
    buffer /= options.workers
watch.report(bytes=options.elements * 4)
