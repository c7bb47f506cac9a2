"""Makes featurevis/testdata/lucid.json: the steps of Lucid, by numpy and TensorFlow.

    tools/oracle/run featurevis.py

Lucid itself needs TensorFlow 1; what it does is written down here again, from
lucid/optvis/param/{spatial,color}.py, transform.py and objectives.py:

spectrum   pictures of Fourier parameters, even sizes as in Lucid, odd ones by
           the inverse transform of the odd length
colour     decorrelated values and the colours they become
view       a picture with its margin, cut, resized, rotated and cut again; the
           rotation is bilinear, where Lucid's takes the nearest pixel
gradient   of the sum of that times a weight, by the picture
diversity  of features, and its gradient
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

EXPECTED = {"numpy": "2.4.6", "tensorflow": "2.21.0"}

COLOR_CORRELATION_SVD_SQRT = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])


def spectrum(random, size, decay):
    parameters = random.standard_normal((3, 2, size, size // 2 + 1))
    fy = np.fft.fftfreq(size)[:, None]
    fx = np.fft.rfftfreq(size)
    freqs = np.sqrt(fx * fx + fy * fy)
    scale = 1.0 / np.maximum(freqs, 1.0 / size) ** decay * np.sqrt(size * size)
    planes = np.fft.irfft2(scale * (parameters[:, 0] + 1j * parameters[:, 1]), s=(size, size)) / 4
    return {"size": size, "decay": decay, "parameters": flat(parameters), "planes": flat(planes)}


def colour(random):
    matrix = COLOR_CORRELATION_SVD_SQRT / np.max(np.linalg.norm(COLOR_CORRELATION_SVD_SQRT, axis=0))
    planes = 3 * random.standard_normal((3, 7))
    pixels = planes.T @ matrix.T
    return {"planes": flat(planes), "pixels": flat(1 / (1 + np.exp(-pixels)))}


def rotate(x, degrees):
    """tf.contrib.image.rotate, with bilinear interpolation."""
    height, width = x.shape[1:3]
    angle = np.pi * degrees / 180
    sin, cos = np.sin(angle), np.cos(angle)
    left = ((width - 1) - (cos * (width - 1) - sin * (height - 1))) / 2
    top = ((height - 1) - (sin * (width - 1) + cos * (height - 1))) / 2
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=x, transforms=tf.constant([[cos, -sin, left, sin, cos, top, 0, 0]], tf.float32),
        output_shape=[height, width], fill_value=0.0, interpolation="BILINEAR", fill_mode="CONSTANT",
    )


def view(random, size, margin, jitter, scaled, degrees, last, fixed):
    window = size + 2 * margin - jitter[0]
    picture = random.uniform(size=(size, size, 3)).astype(np.float32)
    x = tf.pad(picture[None], [(0, 0), (margin, margin), (margin, margin), (0, 0)], constant_values=0.5)
    x = x[:, jitter[1]:jitter[1] + window, jitter[2]:jitter[2] + window]
    x = tf.compat.v1.image.resize_bilinear(x, (scaled, scaled))
    x = rotate(x, degrees)
    seen = scaled - last[0]
    x = x[:, last[1]:last[1] + seen, last[2]:last[2] + seen]
    if fixed:
        x = tf.image.resize_with_crop_or_pad(x, fixed, fixed)
    return {
        "size": size, "top": jitter[1] - margin, "left": jitter[2] - margin, "window": window, "scaled": scaled,
        "degrees": degrees, "y": last[1], "x": last[2], "seen": seen, "fixed": fixed,
        "picture": flat(picture), "want": flat(x),
    }


def diversity(random):
    features = tf.constant(random.standard_normal((3, 2, 3, 5)).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(features)
        flattened = tf.reshape(features, [3, -1, 5])
        grams = tf.matmul(flattened, flattened, transpose_a=True)
        grams = tf.nn.l2_normalize(grams, axis=[1, 2], epsilon=1e-10)
        value = sum(tf.reduce_sum(grams[i] * grams[j]) for i in range(3) for j in range(3) if j != i) / 3
    return {"features": flat(features), "value": float(value), "gradient": flat(tape.gradient(value, features))}


def flat(values):
    return [float(f"{x:.7g}") for x in np.asarray(values).ravel()]


def main():
    found = {"numpy": np.__version__, "tensorflow": tf.__version__}
    if found != EXPECTED:
        sys.exit(f"featurevis.py: made with {EXPECTED}, this is {found}")
    random = np.random.default_rng(20260102)
    golden = {
        "spectrum": [spectrum(random, n, decay) for n, decay in [(1, 1), (2, 1), (5, 1), (6, 1), (7, 2), (12, 1), (12, 0.5)]],
        "colour": colour(random),
        "view": [
            view(random, 8, 12, (8, 3, 7), 21, -10, (4, 0, 3), 0),
            view(random, 8, 12, (8, 0, 8), 26, 7, (4, 4, 1), 0),
            view(random, 8, 12, (8, 8, 2), 24, 0, (4, 2, 2), 0),
            view(random, 9, 12, (8, 5, 5), 25, 0, (0, 0, 0), 32),
            view(random, 9, 12, (8, 5, 5), 25, -6, (4, 1, 0), 12),
            view(random, 6, 0, (0, 0, 0), 6, 0, (0, 0, 0), 0),
        ],
        "diversity": diversity(random),
    }
    with open(sys.argv[1], "w") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
