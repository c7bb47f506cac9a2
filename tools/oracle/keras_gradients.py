"""Records gradients with respect to the input in the networks of keras.applications, for the Go tests.

    tools/oracle/run keras_gradients.py

Weights and pictures are those of keras_activations.py, at the size that is not the native one.
TensorFlow's GradientTape takes, for each of three pictures, the gradient of the mean of one channel
of a layer and that of one logit, in float64. A file keeps the largest magnitude, the sum, and 64
values: the largest one and others at spread positions.

A ReLU or a maximum whose inputs agree to six digits may go either way in float32, and with it the
gradient of the pixels below. What that could change is passed over: values that change when the
pictures are moved by about as much as float32 rounds in a whole network. Of some pictures the three
with the fewest such values are taken, if these are less than half.
"""

import json
import pathlib
import sys

import keras_activations as activations
import keras
import keras_structure
import numpy as np
import tensorflow as tf

CLASS = 7
CHANNEL = 3  # the first that is tried: one that no picture excites has no gradient
LAYER = 4  # of the search layers
CANDIDATES = 16
PICTURES = 3
MOVES = 4
ROUNDING = 1e-6
LONG_SUMS = {"vgg16": 5e-6, "vgg19": 5e-6}  # 4608 terms each: they round more
CHANGE = 2e-4  # of the largest value


def gradient_of(net, layer, objective):
    """The function from pictures to d objective / d pictures; objective is of a layer's output."""
    tap = keras.Model(net.inputs, net.get_layer(layer).output)

    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = objective(tap(x))
        return tape.gradient(value, x)

    return lambda pictures: gradient(tf.constant(pictures)).numpy()


def examine(gradient, pictures, step):
    """The gradients of pictures, and where they are smooth."""
    still = gradient(pictures)
    largest = np.abs(still).max()
    random = np.random.default_rng(1)
    smooth = np.full(still.shape, True)
    for _ in range(MOVES):
        moved = pictures + step * random.standard_normal(pictures.shape)
        smooth &= np.abs(gradient(moved) - still) < CHANGE * largest
    return still, smooth


def summary(gradient, smooth):
    """What a golden keeps of gradients."""
    flat, smooth = gradient.reshape(-1), smooth.reshape(-1)
    positions = [int(np.argmax(np.abs(flat) * smooth))]
    k = 0
    while len(positions) < activations.SAMPLES:
        position = k * 2654435761 % len(flat)
        if smooth[position]:
            positions.append(position)
        k += 1
    return {
        "smooth": round(float(smooth.mean()), 3),
        "max_abs": activations.digits(np.abs(flat).max()),
        "sum": activations.digits(flat.sum()),
        "positions": positions,
        "values": [activations.digits(flat[p]) for p in positions],
    }


def record(model):
    size, gain, layers = activations.MODELS[model]
    net = keras_structure.build(model, input_shape=(size, size, 3))
    activations.fill(net, gain)
    inside = activations.inside(model)
    pictures = activations.pictures(CANDIDATES, size, inside).astype("float64")
    layer, channel = layers.split()[LAYER], CHANNEL
    while True:
        mean = gradient_of(net, layer, lambda out: tf.reduce_sum(tf.reduce_mean(out[..., channel], axis=(1, 2))))
        if np.any(mean(pictures[:1])):
            break
        channel += 1
    net.get_layer("predictions").activation = keras.activations.linear
    logit = gradient_of(net, "predictions", lambda out: tf.reduce_sum(out[:, CLASS]))
    step = LONG_SUMS.get(model, ROUNDING) * (127.5 if inside else 1)
    means, smooth_means = examine(mean, pictures, step)
    logits, smooth_logits = examine(logit, pictures, step)
    share = np.minimum(smooth_means.mean(axis=(1, 2, 3)), smooth_logits.mean(axis=(1, 2, 3)))
    best = np.argsort(-share, kind="stable")[:PICTURES]
    chosen = np.sort(best[share[best] > 0.5])
    if len(chosen) == 0:
        sys.exit(f"{model}: the gradients are smooth in {np.sort(share)}")
    head = {
        "model": model,
        "reference": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, float64",
        "layout": "d objective / d input [batch, height, width, 3]; positions are flat indices",
        "weights, pictures": f"those of {model}.activations.json; pictures by their place in a long batch",
        "gain": gain,
        "size": size,
        "pictures": [int(k) for k in chosen],
    }
    rows = [
        {"objective": "mean", "name": layer, "channel": channel} | summary(means[chosen], smooth_means[chosen]),
        {"objective": "logit", "name": "predictions", "channel": CLASS} | summary(logits[chosen], smooth_logits[chosen]),
    ]
    return head, rows


def text(head, rows):
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    out = json.dumps(head, indent=1)[:-2] + ',\n "gradients": [\n' + lines + "\n ]\n}\n"
    json.loads(out)
    return out


def main(out, *models):
    keras.backend.set_floatx("float64")
    for model in models or activations.MODELS:
        head, rows = record(model)
        (pathlib.Path(out) / f"{model}.gradients.json").write_text(text(head, rows))
        print(model, head["pictures"], ", ".join(f"{row['name']} {row['max_abs']:.3g}, {row['smooth']:.1%} smooth" for row in rows), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
