"""Compares package umap with umap-learn: time and trustworthiness.

    python3.11 -m venv /tmp/bench && /tmp/bench/bin/pip install --require-hashes -r tools/oracle/requirements-umap.txt
    /tmp/bench/bin/python tools/bench/compare_umap.py [--rounds 3] [--seed 7] [--metric euclidean] [SET ...]

Both map the same vectors, in turn, round after round: package umap on two
threads, umap-learn with random_state=42 and n_jobs=1 after its functions were
compiled. Times are the least and the median of the rounds; reading files does
not count. Both maps are judged by the same function. At most 5,000 of their
points are, chosen by the seed; the ranks are those among all vectors.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")

import umap
from sklearn.manifold import trustworthiness as of_scikit_learn
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = 15
ROOT = pathlib.Path(__file__).resolve().parents[2]


def apart(random, n, dim, count):
    """Clusters without a point in common: the graph falls into parts."""
    centres = random.standard_normal((count, dim))
    return centres[random.integers(count, size=n)] + random.standard_normal((n, dim))


def touching(random, n, dim, count):
    """Clusters that overlap, in 12 directions, with noise; cut off below 0 as activations are."""
    centres = 1.2 * random.standard_normal((count, 12))
    inner = centres[random.integers(count, size=n)] + random.standard_normal((n, 12))
    return np.maximum(inner @ random.standard_normal((12, dim)) + random.standard_normal((n, dim)), 0)


SETS = {
    "5000x1280-apart": (apart, 5000, 1280, 50),
    "5000x1280-touching": (touching, 5000, 1280, 20),
    "50000x128-apart": (apart, 50000, 128, 100),
    "50000x128-touching": (touching, 50000, 128, 50),
}


def trustworthiness(vectors, points, metric, rows):
    """sklearn.manifold.trustworthiness over rows, without the matrix of all distances."""
    n, k = len(vectors), NEIGHBOURS
    if metric == "cosine":
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    lengths = (vectors**2).sum(axis=1)
    nearest = NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)
    penalty = 0
    for block in np.array_split(rows, max(1, len(rows) // 250)):
        distances = lengths - 2 * vectors[block] @ vectors.T
        distances[np.arange(len(block)), block] = -np.inf
        of_nearest = np.take_along_axis(distances, nearest[block], axis=1)
        distances.sort(axis=1)
        for d, e in zip(distances, of_nearest):
            penalty += np.maximum(np.searchsorted(d, e) - k, 0).sum()
    return 1 - 2 * penalty / (len(rows) * k * (2 * n - 3 * k - 1))


def check():
    """The function above is scikit-learn's."""
    random = np.random.default_rng(1)
    vectors, points = random.standard_normal((300, 9)), random.standard_normal((300, 2))
    ours = trustworthiness(vectors, points, "euclidean", np.arange(300))
    assert abs(ours - of_scikit_learn(vectors, points, n_neighbors=NEIGHBOURS)) < 1e-9


def package_umap(program, file, points, metric):
    out = subprocess.run([program, "-metric", metric, file, points], check=True, capture_output=True, text=True)
    return float(out.stdout), np.fromfile(points, "<f4").reshape(-1, 2)


def umap_learn(vectors, metric):
    begin = time.perf_counter()
    points = umap.UMAP(random_state=42, n_jobs=1, n_neighbors=NEIGHBOURS, metric=metric).fit_transform(vectors)
    return time.perf_counter() - begin, points


def compare(name, options, directory, program):
    make, n, dim, count = SETS[name]
    vectors = make(np.random.default_rng(options.seed), n, dim, count).astype(np.float32)
    rows = np.random.default_rng(options.seed).choice(n, min(n, 5000), replace=False)
    file = directory / f"{name}.npy"
    np.save(file, vectors)
    seconds, trust = {"package umap": [], "umap-learn": []}, {}
    for _ in range(options.rounds):
        for who, (took, points) in (
            ("package umap", package_umap(program, file, directory / "points", options.metric)),
            ("umap-learn", umap_learn(vectors, options.metric)),
        ):
            seconds[who].append(took)
            if who not in trust:
                trust[who] = trustworthiness(vectors, points, options.metric, rows)
    for who, times in seconds.items():
        least, median = min(times), statistics.median(times)
        print(f"{name:20} {who:13} {least:7.2f} s least {median:7.2f} s median   trustworthiness {trust[who]:.4f}", flush=True)
    file.unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], metavar="SET", help=", ".join(SETS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--metric", default="euclidean")
    options = parser.parse_args()
    check()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        program = directory / "umap"
        subprocess.run(["go", "build", "-o", program, "./tools/bench/umap"], cwd=ROOT, check=True)
        for n in (500, 5000):  # umap-learn compiles, for small and for large sets
            umap_learn(np.random.default_rng(1).standard_normal((n, 16)).astype(np.float32), options.metric)
        for name in options.sets or SETS:
            compare(name, options, directory, program)


if __name__ == "__main__":
    main()
