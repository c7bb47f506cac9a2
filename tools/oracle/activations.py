"""Records what PyTorch computes at every layer of EfficientNet-Lite, for the Go tests.

    tools/oracle/run activations.py

The network is the published one with the weights as they are embedded (kernels rounded
to float16), computed in float64 on one input that a formula makes. Of each layer the
file keeps the shape, the largest magnitude, the sum and 64 values at spread positions.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "weights"))
import convert

SIDE = {"efficientnet-lite0": 224, "efficientnet-lite2": 260}
SAMPLES = 64
FORMULA = "float32(((i * 2654435761) mod 2^32) / 2^32 * 2 - 1) at flat index i of [1, height, width, 3]"


def input_tensor(side):
    """[1, side, side, 3], uniform in -1…1, no generator needed."""
    i = np.arange(side * side * 3, dtype=np.uint64)
    hashed = (i * np.uint64(2654435761)) % np.uint64(2**32)
    return (hashed.astype(np.float64) / 2**32 * 2 - 1).astype(np.float32).reshape(1, side, side, 3)


def network(model):
    """The published network in float64 with its kernels rounded to float16."""
    state = convert.published(model)
    for name, value in state.items():
        if name.endswith(".weight") and value.dim() > 1:
            state[name] = value.half().float()
    net = EfficientNet.from_name(model)
    net.load_state_dict(state)
    return net.double().eval()


def check_padding(module, inputs):
    """Fails unless the padding is TensorFlow's SAME for the input that arrives."""
    height, width = inputs[0].shape[2:]
    want = []
    for size, kernel, stride in ((width, module.kernel_size[1], module.stride[1]), (height, module.kernel_size[0], module.stride[0])):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        want += [total // 2, total - total // 2]
    padding = getattr(module.static_padding, "padding", (0, 0, 0, 0))
    if list(padding) != want:
        sys.exit(f"{module}: padding {padding}, SAME is {want}")


def observe(net, blocks, keep):
    """Calls keep(name, module, output) for every layer of a forward pass, in Keras' names; blocks are those of the blocks."""

    def watch(module, *names):
        calls = iter(names)
        module.register_forward_hook(lambda module, _, out: keep(next(calls), module, out))

    watch(net._conv_stem, "stem_conv")
    watch(net._bn0, "stem_bn")
    watch(net._swish, "stem_activation", "top_activation")
    for block, prefix in zip(net._blocks, blocks, strict=True):
        activations = [prefix + "_activation"]
        if hasattr(block, "_expand_conv"):
            watch(block._expand_conv, prefix + "_expand_conv")
            watch(block._bn0, prefix + "_expand_bn")
            activations.insert(0, prefix + "_expand_activation")
        watch(block._swish, *activations)
        watch(block._depthwise_conv, prefix + "_dwconv")
        watch(block._bn1, prefix + "_bn")
        watch(block._project_conv, prefix + "_project_conv")
        watch(block._bn2, prefix + "_project_bn")
        if not prefix.endswith("a"):
            watch(block, prefix + "_add")
    watch(net._conv_head, "top_conv")
    watch(net._bn1, "top_bn")
    watch(net._avg_pooling, "avg_pool")
    watch(net._fc, "logits")


def record(model):
    """Activations [1, height, width, channels] by Keras name, in layer order."""
    net, found = network(model), {}
    for module in net.modules():
        if hasattr(module, "static_padding"):
            module.register_forward_pre_hook(check_padding)
    observe(net, convert.block_names(model), lambda name, _, out: found.update({name: out.detach().clone()}))
    image = torch.from_numpy(input_tensor(SIDE[model]).astype(np.float64)).permute(0, 3, 1, 2)
    with torch.no_grad():
        net(image)
    found["predictions"] = torch.softmax(found["logits"], dim=-1)
    return found


def summary(name, value):
    if value.dim() == 4:
        value = value.permute(0, 2, 3, 1)
    flat = value.reshape(-1).numpy()
    positions = [int(k * 2654435761 % len(flat)) for k in range(SAMPLES - 1)] + [len(flat) - 1]
    return {
        "name": name,
        "shape": list(value.shape),
        "max_abs": float(np.abs(flat).max()),
        "sum": float(flat.sum()),
        "positions": positions,
        "values": [float(f"{flat[p]:.9g}") for p in positions],
    }


def main(out):
    for model, side in SIDE.items():
        image = input_tensor(side)
        layers = [summary(name, value) for name, value in record(model).items()]
        head = {
            "model": model,
            "weights_sha256": convert.MODELS[model]["result"],
            "reference": f"PyTorch {torch.__version__.split('+')[0]}, float64",
            "layout": "[batch, height, width, channels]; positions are flat indices",
            "input": {"shape": list(image.shape), "formula": FORMULA, "first": [float(v) for v in image.reshape(-1)[:4]]},
        }
        rows = ",\n".join(json.dumps(layer, separators=(",", ":")) for layer in layers)
        text = json.dumps(head, indent=1)[:-2] + ',\n "layers": [\n' + rows + "\n ]\n}\n"
        json.loads(text)
        (pathlib.Path(out) / f"{model}.activations.json").write_text(text)
        print(model, len(layers), "layers")


if __name__ == "__main__":
    main(*sys.argv[1:])
