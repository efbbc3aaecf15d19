#!/usr/bin/env python3
"""Load the parameters of a DistSeq2Seq checkpoint into PyTorch.

    python3 load_checkpoint.py runs/quickstart/checkpoints/step-000001200

`load` needs PyTorch only; where the `safetensors` package is installed, `safetensors.torch.load_file` does the same. Matrices that
`export --int8` made integers are given as integers with `<name>.scale` beside them; `dequantized` makes parameters of them.
Run as a program it prints one JSON object: the metadata, and of each tensor its shape, its sum and its SHA-256.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

import torch

DTYPES = {"F32": torch.float32, "I64": torch.int64, "I8": torch.int8}


def load(path):
    """Return (tensors by name, metadata) of a .safetensors file."""
    content = bytearray(Path(path).read_bytes())
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = DTYPES[entry["dtype"]]
        if begin == end:
            tensors[name] = torch.empty(entry["shape"], dtype=dtype)
            continue
        count = (end - begin) // torch.empty(0, dtype=dtype).element_size()
        flat = torch.frombuffer(content, dtype=dtype, count=count, offset=8 + length + begin)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def dequantized(tensors):
    """Return the parameters that a model of 8-bit integers computes with, as float32 under their own names."""
    scaled = {name for name, tensor in tensors.items() if tensor.dtype == torch.int8}
    floats = {name: tensor for name, tensor in tensors.items() if name not in {f"{other}.scale" for other in scaled}}
    for name in scaled:
        floats[name] = tensors[name].float() * tensors[f"{name}.scale"].unsqueeze(1)
    return floats


def main():
    path = Path(sys.argv[1])
    tensors, metadata = load(path / "model.safetensors" if path.is_dir() else path)
    summary = {
        name: {
            "shape": list(tensor.shape),
            "sum": tensor.double().sum().item(),
            "sha256": hashlib.sha256(bytes(tensor.contiguous().flatten().view(torch.uint8).tolist())).hexdigest(),
        }
        for name, tensor in tensors.items()
    }
    print(json.dumps({"metadata": metadata, "tensors": summary}, ensure_ascii=False))


if __name__ == "__main__":
    main()
