"""Times feature visualization in Lucent, the PyTorch port of Lucid, on MobileNetV2.

    python3.11 -m venv /tmp/lucent
    /tmp/lucent/bin/pip install --require-hashes -r tools/bench/requirements-lucent.txt
    /tmp/lucent/bin/python tools/bench/torch_lucent.py [STEPS] [LAYER ...]

and the same here, with random weights too:

    go test ./featurevis -run '^$' -bench MobileNetV2 -benchtime 3x

The objective is the mean of a channel, the picture 128 pixels high and wide,
the transforms are the standard ones. Lucent enlarges what the network sees to
224 pixels unless it is told a size; both are timed, the second with 140, the
mean of the sizes that the standard transforms give. Layers are modules of
torchvision's network; those of the default correspond to block_6_expand,
block_12_add and Conv_1 of Keras.
"""

import sys
import time
import warnings

import torch
import torchvision

warnings.simplefilter("ignore")

from lucent.optvis import render


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 512
    layers = sys.argv[2:] or ["features_7_conv_0_0", "features_13", "features_18_0"]
    torch.manual_seed(1)
    model = torchvision.models.mobilenet_v2(weights=None).eval()
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, {torch.get_num_threads()} threads, {steps} steps")
    for layer in layers:
        for size in (None, 140):
            started, used = time.perf_counter(), time.process_time()
            render.render_vis(
                model, f"{layer}:7", thresholds=(steps,), progress=False, show_image=False, fixed_image_size=size,
            )
            seconds, used = time.perf_counter() - started, time.process_time() - used
            print(
                f"{layer:20} seen at {size or 224}: {seconds:7.2f} s, {1000 * seconds / steps:6.2f} ms a step,"
                f" {1000 * used / steps:6.2f} ms of all cores",
                flush=True,
            )


if __name__ == "__main__":
    main()
