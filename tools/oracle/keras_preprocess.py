"""Records what Keras' preprocess_input makes of pixels, for the Go tests.

    tools/oracle/run keras_preprocess.py

The picture is [1, 256, 3] with the pixels (x, 255 - x, 7x mod 256). A network has the SHA-256
of its float32 input, little-endian, and the first and last pixels of it.
"""

import hashlib
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import applications

NETWORKS = {
    "vgg16": applications.vgg16,
    "vgg19": applications.vgg19,
    "resnet50": applications.resnet,
    "inceptionv3": applications.inception_v3,
    "xception": applications.xception,
    "densenet121": applications.densenet,
    "mobilenet": applications.mobilenet,
    "mobilenetv2": applications.mobilenet_v2,
    "nasnetmobile": applications.nasnet,
    "efficientnetb0": applications.efficientnet,
    "efficientnetb5": applications.efficientnet,
}


def main(out):
    x = np.arange(256)
    picture = np.stack([x, 255 - x, 7 * x % 256], axis=-1).astype(np.float32)[None]
    networks = {}
    for name, module in NETWORKS.items():
        values = module.preprocess_input(picture.copy()).astype("<f4")
        networks[name] = {
            "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
            "first": [float(v) for v in values[0, 0]],
            "last": [float(v) for v in values[0, -1]],
        }
    text = json.dumps({"reference": f"Keras {keras.__version__}", "networks": networks}, indent=1)
    pathlib.Path(out).write_text(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
