"""Writes fixtures.json: what PyTorch computes, for the numeric tests of the TorchSharp engine.

    python3 tests/Engines.Tests/Torch/make_fixtures.py

Needs PyTorch of 1.13 or later (Debian: python3-torch). Numbers are float32; run it again only to add a case.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

cases = {}


def case(name, inputs, outputs):
    def pack(tensor):
        tensor = tensor.detach()
        return {"shape": list(tensor.shape), "data": [float(x) for x in tensor.reshape(-1)]}

    cases[name] = {key: pack(value) for key, value in {**inputs, **outputs}.items()}


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


def recurrent(name, layer, state_count):
    """A stack over unsorted sequences of lengths 2, 4, 3, from given states, with gradients."""
    lengths = torch.tensor([2, 4, 3])
    x = leaf(4, 3, 3)
    states = [leaf(4, 3, 2) for _ in range(state_count)]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    output, last = layer(packed, tuple(states) if state_count == 2 else states[0])
    padded, _ = torch.nn.utils.rnn.pad_packed_sequence(output)
    lasts = list(last) if state_count == 2 else [last]
    (padded.square().sum() + sum(state.sin().sum() for state in lasts)).backward()
    weights = {f"weight.{key}": value for key, value in layer.named_parameters()}
    grads = {f"grad.{key}": value.grad for key, value in layer.named_parameters()}
    case(
        name,
        {"x": x, "lengths": lengths, **{f"state{i}": s for i, s in enumerate(states)}, **weights},
        {"padded": padded, **{f"last{i}": s for i, s in enumerate(lasts)}, "grad.x": x.grad, **grads},
    )


def losses():
    logits = leaf(5, 4)
    target = torch.tensor([1, 3, -100, 0, 2])
    loss = F.cross_entropy(logits, target, ignore_index=-100, reduction="sum", label_smoothing=0.1)
    loss.backward()
    mean = F.cross_entropy(logits, target, ignore_index=-100)
    case("cross_entropy", {"logits": logits, "target": target}, {"loss": loss, "mean": mean, "grad": logits.grad})


def attention():
    query, keys = leaf(2, 1, 3), leaf(2, 4, 3)
    mask = torch.tensor([[0, 0, 1, 1], [0, 0, 0, 0]]).bool().unsqueeze(1)
    scores = torch.bmm(query, keys.transpose(1, 2)).masked_fill(mask, float("-inf"))
    context = torch.bmm(scores.softmax(-1), keys)
    context.tanh().sum().backward()
    case(
        "attention",
        {"query": query, "keys": keys, "mask": mask.float()},
        {"context": context, "grad.query": query.grad, "grad.keys": keys.grad},
    )


def pointwise():
    x = leaf(3, 4)
    y = (x.sigmoid() * x.tanh() + x.exp()) / (x.abs() + 2)
    z = y.logsumexp(1).pow(2).sum() + y.cumsum(0)[2].sum() + y.norm()
    z.backward()
    case("pointwise", {"x": x}, {"y": y, "z": z, "grad": x.grad})


def adam_step():
    """One Adam step spelt out with the in-place operations that an optimizer uses."""
    p, g = torch.randn(6), torch.randn(6)
    m, v = torch.zeros(6), torch.zeros(6)
    before = p.clone()
    m.mul_(0.9).add_(g, alpha=0.1)
    v.mul_(0.98).addcmul_(g, g, value=0.02)
    p.addcdiv_(m / 0.1, (v / 0.02).sqrt_().add_(1e-8), value=-0.01)
    case("adam_step", {"p": before, "g": g}, {"after": p, "m": m, "v": v})


torch.manual_seed(20)
recurrent("lstm", torch.nn.LSTM(3, 2, num_layers=2, bidirectional=True), 2)
recurrent("gru", torch.nn.GRU(3, 2, num_layers=2, bidirectional=True), 1)
losses()
attention()
pointwise()
adam_step()

# The numbers that a seed gives, which both engines must give too (CPU generator).
torch.manual_seed(7)
case("seed", {}, {"uniform": torch.empty(8).uniform_(-1, 1), "normal": torch.empty(20).normal_(), "rand": torch.rand(3,
    3)})

path = pathlib.Path(__file__).with_name("fixtures.json")
with path.open("w") as file:
    file.write("{\n")
    file.write(",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in cases.items()))
    file.write("\n}\n")
print(f"{path}: {', '.join(cases)}")
