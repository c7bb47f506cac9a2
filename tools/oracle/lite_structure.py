"""Records the layers with weights of the published EfficientNet-Lite networks, for the Go tests.

    tools/oracle/run lite_structure.py

Keras has none of them. A file has a head (the package, the size of the input, how many
parameters there are) and then a row per convolution, batch normalisation and dense layer
in the order in which they run: name as Keras names EfficientNet's, class, output shape
without the batch, parameters with the statistics of batch normalisations.
"""

import importlib.metadata
import pathlib
import sys

import torch
from efficientnet_lite_pytorch import EfficientNet

import activations

CLASSES = {torch.nn.BatchNorm2d: "BatchNormalization", torch.nn.Linear: "Dense"}


def block_names(net):
    """A stage begins where the number of channels changes: block1a, block2a, block2b, …"""
    names, stage, repeat = [], 0, 0
    for block in net._blocks:
        args, repeat = block._block_args, repeat + 1
        if args.input_filters != args.output_filters:
            stage, repeat = stage + 1, 0
        names.append(f"block{stage}{chr(ord('a') + repeat)}")
    return names


def parameters(module):
    statistics = [b for name, b in module.named_buffers() if "running_" in name]
    return sum(t.numel() for t in [*module.parameters(), *statistics])


def row(name, module, out):
    kind = CLASSES.get(type(module), "Conv2D")
    if kind == "Conv2D" and module.groups > 1:
        kind = "DepthwiseConv2D"
    shape = [*out.shape[2:], out.shape[1]]
    return f"{name.replace('logits', 'predictions')}\t{kind}\t{'x'.join(map(str, shape))}\t{parameters(module)}"


def describe(model):
    net, rows = EfficientNet.from_name(model).eval(), []

    def keep(name, module, out):
        if parameters(module) and not name.endswith("_add"):
            rows.append(row(name, module, out))

    activations.observe(net, block_names(net), keep)
    side = net.input_image_size
    with torch.no_grad():
        net(torch.zeros(1, 3, side, side))
    head = [
        f"# efficientnet-lite-pytorch {importlib.metadata.version('efficientnet-lite-pytorch')}: {model}",
        f"# {side} x {side}, {parameters(net)} parameters",
    ]
    return "\n".join(head + rows) + "\n"


def main(out):
    for number in range(5):
        model = f"efficientnet-lite{number}"
        (pathlib.Path(out) / f"{model}.txt").write_text(describe(model))
        print(model)


if __name__ == "__main__":
    main(*sys.argv[1:])
