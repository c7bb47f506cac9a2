"""Records what Keras computes in the networks of keras.applications, for the Go tests.

    tools/oracle/run keras_activations.py

Weights, batch-norm statistics and pictures are made by formulas (see FORMULAS), so that the
Go tests make the same ones without Python. The networks run in float64. Of the search
layers and the predictions a file keeps shape, largest magnitude, sum and 64 values at spread
positions: of one picture at the native size in the form of the network that the official
weights want, and of three pictures at another size.
"""

import json
import math
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

import keras_structure

FORMULAS = {
    "hash": "h = FNV-1a(name) + i * 0x9e3779b9; h ^= h >> 16; h *= 0x85ebca6b; h ^= h >> 13; h *= 0xc2b2ae35; "
    "h ^= h >> 16 in 32 bits; u = h / 2^31 - 1, of the value at flat index i of the tensor name",
    "kernel, depthwise_kernel, pointwise_kernel": "u * sqrt(3 * gain / fan_in)",
    "bias": "0.1 * u",
    "gamma, moving_variance": "1 + 0.5 * u",
    "beta, moving_mean": "0.3 * u",
    "mean": "0.5 + 0.1 * u",
    "variance": "0.1 + 0.05 * u",
    "count": "0",
    "input": "x = float32(((i * 2654435761) mod 2^32) / 2^32 * 2 - 1) at flat index i of [batch, height, width, 3]; "
    "where the network preprocesses its input: float32((x + 1) * 127.5)",
    "precision": "float64, rounded to float32",
}

# Search layers, the other size, and the gain of kernels. The gain keeps values
# within a few orders of magnitude from the input to the logits: residual
# networks add up, and need less.
MODELS = {
    "mobilenet": (131, 2.0, "conv1 conv_pw_2 conv_dw_3 conv_dw_4 conv_dw_6 conv_dw_9 conv_pw_12 conv_pw_13"),
    "mobilenetv2": (131, 1.5, "Conv1 block_1_expand block_2_add block_5_add block_9_add block_12_add block_15_add out_relu"),
    "nasnetmobile": (
        147,
        1.0,
        "stem_conv1 reduction_concat_stem_1 reduction_concat_stem_2 normal_concat_3 "
        "reduction_concat_reduce_4 normal_concat_8 reduction_concat_reduce_8 normal_concat_12",
    ),
    "efficientnetb0": (
        161,
        2.0,
        "stem_conv block2a_expand_conv block2b_se_reduce block3b_se_reduce "
        "block4c_expand_conv block5b_se_reduce block6d_se_expand top_conv",
    ),
    "densenet121": (
        127,
        1.5,
        "conv2_block1_1_conv conv2_block6_2_conv conv3_block5_1_conv conv4_block9_1_conv "
        "conv4_block23_2_conv conv5_block13_2_conv conv5_block16_1_conv conv5_block16_concat",
    ),
    "xception": (
        151,
        1.1,
        "block1_conv1 block1_conv2 conv2d block3_sepconv1 conv2d_2 block7_sepconv2 block12_sepconv3 block14_sepconv2_act",
    ),
    "inceptionv3": (151, 2.0, "conv2d conv2d_2 conv2d_22 conv2d_53 mixed6 conv2d_74 conv2d_85 mixed10"),
    "resnet50": (
        107,
        1.1,
        "conv2_block1_1_conv conv2_block2_1_conv conv3_block2_1_conv conv4_block1_1_conv "
        "conv4_block3_1_conv conv4_block5_1_conv conv5_block1_1_conv conv5_block3_3_conv",
    ),
    "efficientnetb5": (
        133,
        1.5,
        "stem_conv block2b_expand_conv block3e_project_conv block4g_project_conv "
        "block5f_expand_conv block5f_se_reduce block6f_project_conv top_conv",
    ),
    "vgg16": (
        75,
        2.0,
        "block1_conv1 block1_conv2 block3_conv1 block3_conv3 block4_conv1 block4_conv3 block5_conv1 block5_conv3",
    ),
    "vgg19": (
        75,
        2.0,
        "block1_conv1 block1_conv2 block3_conv1 block3_conv4 block4_conv1 block4_conv4 block5_conv1 block5_conv4",
    ),
}
BATCH = 3
SAMPLES = 64


def hashed(name, count):
    """u of FORMULAS for the values 0…count-1 of a tensor."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2**31 - 1


def value(layer, kind, shape, gain):
    """A tensor by FORMULAS."""
    u = hashed(f"{layer}/{kind}", math.prod(shape))
    if kind in ("kernel", "depthwise_kernel", "pointwise_kernel"):
        fan_in = math.prod(shape[:2]) if kind == "depthwise_kernel" else math.prod(shape[:-1])
        u *= math.sqrt(3 * gain / fan_in)
    elif kind == "bias":
        u *= 0.1
    elif kind in ("gamma", "moving_variance"):
        u = 1 + 0.5 * u
    elif kind in ("beta", "moving_mean"):
        u *= 0.3
    elif kind == "mean":
        u = 0.5 + 0.1 * u
    elif kind == "variance":
        u = 0.1 + 0.05 * u
    elif kind == "count":
        u *= 0
    else:
        sys.exit(f"no formula for {layer}/{kind}")
    return u.astype(np.float32).reshape(shape)


def fill(net, gain):
    for layer in net.layers:
        for w in layer.weights:
            kind = w.name
            if isinstance(layer, keras.layers.DepthwiseConv2D) and kind == "kernel":
                kind = "depthwise_kernel"
            w.assign(value(layer.name, kind, tuple(w.shape), gain))
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def inside(model):
    """Whether the network preprocesses its input; only then the official weights want another form of it."""
    return model.startswith("efficientnet")


def pictures(batch, side, to_255):
    """[batch, side, side, 3], uniform in -1…1 or in 0…255."""
    i = np.arange(batch * side * side * 3, dtype=np.uint64)
    x = ((i * np.uint64(2654435761) % np.uint64(2**32)).astype(np.float64) / 2**32 * 2 - 1).astype(np.float32)
    if to_255:
        x = ((x.astype(np.float64) + 1) * 127.5).astype(np.float32)
    return x.reshape(batch, side, side, 3)


def summary(name, out):
    flat = out.numpy().reshape(-1)
    positions = [int(k * 2654435761 % len(flat)) for k in range(SAMPLES - 1)] + [len(flat) - 1]
    return {
        "name": name,
        "shape": list(out.shape[1:]),
        "max_abs": digits(np.abs(flat).max()),
        "sum": digits(flat.sum()),
        "positions": positions,
        "values": [digits(flat[p]) for p in positions],
    }


def digits(x):
    """x with the digits that do not depend on the order of sums."""
    return float(f"{x:.9g}")


def run(model, net, layers, gain, batch):
    fill(net, gain)
    side = net.input_shape[1]
    taps = keras.Model(net.inputs, [net.get_layer(name).output for name in layers])
    outputs = tf.function(taps)(pictures(batch, side, inside(model)).astype(np.float64))
    return {
        "size": side,
        "batch": batch,
        "layers": [summary(name, out) for name, out in zip(layers, outputs, strict=True)],
    }


def record(model):
    size, gain, layers = MODELS[model]
    layers = layers.split() + ["predictions"]
    head = {
        "model": model,
        "reference": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, float64",
        "layout": "[batch, height, width, channels]; positions are flat indices",
        "formulas": FORMULAS,
        "gain": gain,
    }
    native = run(model, keras_structure.build(model, imagenet=inside(model)), layers, gain, 1)
    other = run(model, keras_structure.build(model, input_shape=(size, size, 3)), layers, gain, BATCH)
    return head, [native, other]


def text(head, runs):
    parts = []
    for r in runs:
        rows = ",\n".join(json.dumps(layer, separators=(",", ":")) for layer in r["layers"])
        parts.append('{"size":%d,"batch":%d,"layers":[\n%s\n]}' % (r["size"], r["batch"], rows))
    out = json.dumps(head, indent=1)[:-2] + ',\n "runs": [\n' + ",\n".join(parts) + "\n ]\n}\n"
    json.loads(out)
    return out


def main(out, *models):
    keras.backend.set_floatx("float64")
    for model in models or MODELS:
        head, runs = record(model)
        (pathlib.Path(out) / f"{model}.activations.json").write_text(text(head, runs))
        for r in runs:
            largest = ", ".join(f"{layer['max_abs']:.3g}" for layer in r["layers"])
            print(f"{model} at {r['size']}: largest values {largest}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
