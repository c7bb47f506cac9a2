"""Records the layers of keras.applications' networks, for the Go tests.

    tools/oracle/run keras_structure.py

A file has a head (Keras' version, how the network was made, how many layers and
parameters it has with and without its top) and then a row per layer of model.layers:
index, name, class, output shape without the batch, parameters. Names that Keras makes up
(conv2d_12) are those of a fresh process.
"""

import math
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import applications
from keras.src.applications import efficientnet

NETWORKS = {
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "resnet152": "ResNet152",
    "inceptionv3": "InceptionV3",
    "xception": "Xception",
    "densenet121": "DenseNet121",
    "densenet169": "DenseNet169",
    "densenet201": "DenseNet201",
    "mobilenet": "MobileNet",
    "mobilenetv2": "MobileNetV2",
    "nasnetmobile": "NASNetMobile",
    "nasnetlarge": "NASNetLarge",
    **{f"efficientnetb{i}": f"EfficientNetB{i}" for i in range(8)},
}


def build(model, imagenet=False, **options):
    """The network with the layer names of a fresh process."""
    keras.backend.clear_session()
    make = getattr(applications, NETWORKS[model])
    if not imagenet:
        return make(weights=None, **options)
    return without_download(make, **options)


def without_download(make, **options):
    """The network as it is made for the official weights, but without them."""
    get_file, load = efficientnet.file_utils.get_file, efficientnet.Functional.load_weights
    efficientnet.file_utils.get_file = lambda *args, **kwargs: ""
    efficientnet.Functional.load_weights = lambda *args, **kwargs: None
    try:
        return make(weights="imagenet", **options)
    finally:
        efficientnet.file_utils.get_file, efficientnet.Functional.load_weights = get_file, load


def parameters(layer):
    return sum(math.prod(w.shape) for w in layer.weights)


def row(index, layer):
    shape = layer.output.shape[1:]
    return f"{index}\t{layer.name}\t{type(layer).__name__}\t{'x'.join(map(str, shape))}\t{parameters(layer)}"


def describe(model, imagenet):
    net = build(model, imagenet)
    rows = [row(i, layer) for i, layer in enumerate(net.layers)]
    total = sum(map(parameters, net.layers))
    bare = build(model, imagenet, include_top=False, input_shape=net.input_shape[1:])
    if [row(i, layer) for i, layer in enumerate(bare.layers)] != rows[: len(bare.layers)]:
        sys.exit(f"{model}: without its top the network is no beginning of the whole one")
    weights = '"imagenet"' if imagenet else "None"
    head = [
        f"# keras {keras.__version__}: {NETWORKS[model]}(weights={weights})",
        f"# {len(rows)} layers, {total} parameters",
        f"# without top: {len(bare.layers)} layers, {sum(map(parameters, bare.layers))} parameters",
    ]
    return "\n".join(head + rows) + "\n"


def main(out, *models):
    out = pathlib.Path(out)
    for model in models or NETWORKS:
        (out / f"{model}.txt").write_text(describe(model, imagenet=False))
        if model == "efficientnetb0":
            (out / f"{model}.imagenet.txt").write_text(describe(model, imagenet=True))
        print(model)


if __name__ == "__main__":
    main(*sys.argv[1:])
