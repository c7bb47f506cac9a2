"""Writes HDF5 files with all that the reader knows, and what is in them, for the Go tests.

    tools/oracle/run hdf5_files.py

files.zip holds the files, files.json says of each dataset its shape and the head of the
SHA-256 of its values as little-endian float32, of each group its members and of each
attribute its strings: how many, and the head of the SHA-256 of these, each followed by a zero
byte. What is in other.h5, the reader refuses.
"""

import hashlib
import json
import pathlib
import sys
import zipfile

import h5py
import ml_dtypes
import numpy as np

rng = np.random.default_rng(1)


def values(shape, dtype="f4"):
    """Small numbers, so that the files stay small."""
    return rng.integers(-99, 100, shape).astype(dtype)


def types(f):
    for dtype in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        f[dtype] = np.abs(values((5, 3))).astype(dtype) if dtype[0] == "u" else values((5, 3), dtype)
    f["special"] = np.array([0, -0.0, np.inf, -np.inf, 1e-40, 65504, 3.4e38], "f4")
    f["special16"] = np.array([0, -0.0, np.inf, -np.inf, 6e-8, 65504], "f2")
    f["special64"] = np.array([0, -0.0, np.inf, -np.inf, 1e-300, 1e300, 1 / 3], "f8")
    f["bf16"] = values((4, 2)).astype(ml_dtypes.bfloat16)
    f["bf16"].attrs["dtype"] = "bfloat16"
    f["scalar"] = np.float32(7)
    f["empty"] = np.zeros((0, 3), "f4")
    f["large"] = (np.arange(300 * 70) % 251).astype("f4").reshape(300, 70)
    f["large16"] = (np.arange(300 * 230) % 7).astype("f2").reshape(300, 230)


def compact(f):
    for name, data in {"a": values((3, 4)), "b": values((2,), "f8"), "c": np.float32(3)}.items():
        data = np.asarray(data)
        how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        how.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple(data.shape) if data.shape else h5py.h5s.create(h5py.h5s.SCALAR)
        made = h5py.h5d.create(f.id, name.encode(), h5py.h5t.py_create(data.dtype), space, how)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, data)


def chunks(f):
    cases = {
        (3, 2, 4, 6): [(1, 1, 2, 3), (3, 2, 4, 6), (2, 2, 3, 4), (1, 1, 1, 1), (3, 1, 4, 1)],
        (25, 14): [(5, 14), (4, 4), (1, 3), (25, 1), (7, 14)],
        (11,): [(11,), (4,), (1,)],
        (2, 1, 3): [(1, 1, 1), (2, 1, 2)],
    }
    how = [{}, {"compression": "gzip"}, {"shuffle": True}, {"compression": 9, "shuffle": True}]
    for shape, layouts in cases.items():
        for i, layout in enumerate(layouts):
            for j in (i % 4, (i + 1) % 4):
                dtype = ("f4", "f2", "f8")[(i + j) % 3]
                name = f"{len(shape)}-{i}-{j}"
                f.create_dataset(name, data=values(shape, dtype), chunks=layout, **how[j])
    f.create_dataset("many", data=values((150, 2)), chunks=(1, 1))
    f.create_dataset("many packed", data=values((1100,), "f2"), chunks=(1,), compression=1)
    f.create_dataset("incompressible", data=rng.integers(0, 2**32, 500, dtype="u4"), chunks=(500,), compression=1)


def groups(f):
    for name, n in {"few": 3, "some": 40, "many": 700}.items():
        for i in range(n):
            f.create_group(f"{name}/member with a longer name {i}")
    f["deep/a/b/c/d/e/f"] = np.float32(1)
    f.create_group("bare")
    f["unicode/ñandú ☃"] = np.float32(2)


def attributes(f):
    g = f.create_group("g")
    g.attrs["fixed"] = np.array([b"stem", b"stem_bn", b""], "S")
    g.attrs["fixed scalar"] = np.bytes_("tensorflow")
    g.attrs["variable"] = ["kernel", "", "ñandú", "x" * 5000]
    g.attrs["variable scalar"] = "3.15.1"
    g.attrs["bytes"] = b"json"
    g.attrs["none"] = np.array([])
    g.attrs["none fixed"] = np.array([], "S4")
    for padding in ("NULLPAD", "SPACEPAD", "NULLTERM"):
        kind = h5py.h5t.C_S1.copy()
        kind.set_size(8)
        kind.set_strpad(getattr(h5py.h5t, "STR_" + padding))
        a = h5py.h5a.create(g.id, padding.encode(), kind, h5py.h5s.create_simple((2,)))
        text = b"ab      cdefg   " if padding == "SPACEPAD" else b"ab\0\0\0\0\0\0cdefg\0\0\0"
        a.write(np.frombuffer(text, "S8"), kind)
    many = f.create_group("many")
    for i in range(60):
        many.attrs[f"names{i}"] = np.array([f"layer {i} {j}" for j in range(i)], "S") if i else "zero"
    huge = f.create_group("huge")
    for i in range(30):
        huge.attrs[f"list{i}"] = np.array([str(j) for j in range(i * 40)] + [f"end {i}"], "S20")


def growing(f):
    """Values at the end of the file, for a test that makes them more."""
    f["values"] = np.zeros(12345, "f4")


def growing16(f):
    f["values"] = np.zeros(12345, "f2")


def mixed(f):
    """Some of everything, in a small file."""
    f["layers/conv2d/vars/0"] = values((2, 2, 3, 2))
    f["layers/conv2d/vars"].attrs["name"] = "stem"
    f.create_dataset("packed", data=values((9, 4)), chunks=(4, 3), compression="gzip", shuffle=True)
    f.create_dataset("one", data=values((3, 4), "f2"), chunks=(3, 4), compression="gzip")
    f.create_dataset("cut", data=values((5,), "f8"), chunks=(2,))
    for i in range(10):
        f["cut"].attrs[f"name{i}"] = np.array([f"weight {i}"], "S")
        f.create_group(f"many/member {i}")
    f["cut"].attrs["name2"] = np.array([b"long"] * 250, "S20")


def other(f):
    f["big-endian"] = np.ones(3, ">f4")
    f["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    f["text"] = ["a", "b"]
    f["complex"] = np.ones(2, "c8")
    f["bool"] = np.ones(2, "?")
    f["extended"] = np.ones(2, np.longdouble)
    f.create_dataset("lzf", data=values((4, 4)), compression="lzf")
    f.create_dataset("fletcher32", data=values((4, 4)), fletcher32=True)
    f.create_dataset("scaleoffset", data=np.arange(16), scaleoffset=8)
    f.create_dataset("never written", shape=(3, 4))
    f.create_dataset("chunks never written", shape=(3, 4), chunks=(1, 4))
    f.create_dataset("null", data=h5py.Empty("f4"))
    f.create_dataset("elsewhere", shape=(4,), external="other.bin")
    f["soft/link"] = h5py.SoftLink("/bool")
    f["out/link"] = h5py.ExternalLink("other.h5", "/bool")
    f["twice/a"] = f["bool"]
    f["twice/b"] = f["bool"]
    f["attributes"] = np.float32(1)
    f["attributes"].attrs["number"] = 3


def other_latest(f):
    f.create_dataset("unlimited", data=values((4, 4)), maxshape=(None, 4), chunks=(2, 2))
    f.create_dataset("unlimited twice", data=values((4, 4)), maxshape=(None, None), chunks=(2, 2))


FILES = {
    "types.h5": (types, "earliest"),
    "types-latest.h5": (types, "latest"),
    "compact.h5": (compact, "earliest"),
    "compact-latest.h5": (compact, "latest"),
    "chunks.h5": (chunks, "earliest"),
    "chunks-latest.h5": (chunks, "latest"),
    "groups.h5": (groups, "earliest"),
    "groups-v108.h5": (groups, "v108"),
    "groups-latest.h5": (groups, "latest"),
    "attributes.h5": (attributes, "earliest"),
    "attributes-latest.h5": (attributes, "latest"),
    "growing.h5": (growing, "earliest"),
    "growing16.h5": (growing16, "earliest"),
    "mixed.h5": (mixed, "earliest"),
    "mixed-latest.h5": (mixed, "latest"),
    "other.h5": (other, "earliest"),
    "other-latest.h5": (other_latest, "latest"),
}


def head(content):
    return hashlib.sha256(content).hexdigest()[:16]


def listed(strings):
    return f"{len(strings)} {head(b''.join(s + bytes(1) for s in strings))}"


def strings(value):
    """The strings of an attribute; None where it has others."""
    if not isinstance(value, (str, bytes, np.ndarray)):
        return None
    if isinstance(value, np.ndarray) and value.dtype.kind not in "SO" and value.size:
        return None
    return listed([v if isinstance(v, bytes) else str(v).encode() for v in np.atleast_1d(value)])


def describe(f):
    datasets, members, attributes = {}, {}, {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            value = np.asarray(item)
            if value.dtype.kind == "V":
                value = value.view(ml_dtypes.bfloat16)
            with np.errstate(over="ignore"):
                value = value.astype("<f4")
            datasets["/" + name] = f"{'x'.join(map(str, value.shape))} {head(value.tobytes())}"
        elif len(item):
            members["/" + name] = listed(sorted(n.encode() for n in item))
        found = {k: strings(v) for k, v in item.attrs.items()}
        if found:
            attributes["/" + name] = found

    f.visititems(visit)
    return {"datasets": datasets, "members": members, "attributes": attributes}


def main(out):
    out = pathlib.Path(out)
    found = {}
    with zipfile.ZipFile(out / "files.zip", "w") as archive:
        for name, (make, version) in FILES.items():
            path = out / name
            latest = version if version == "earliest" else (version, version)
            with h5py.File(path, "w", libver=latest) as f:
                make(f)
            if not name.startswith("other"):
                with h5py.File(path) as f:
                    found[name] = describe(f)
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
            path.unlink()
    (out / "files.json").write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
