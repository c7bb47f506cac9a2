"""Makes umap/testdata/graphs.json: what umap-learn makes of small sets.

Each case holds vectors, the fuzzy graph of their exact neighbours, and how
trustworthy a map of their first two values is, if these are distinct. The curves are a and b for
minimal distances and spreads. The same versions write the same bytes.
"""

import json
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")

import umap
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

EXPECTED = "0.5.12"

# Where umap-learn's own fit converges.
CURVES = [(0, 1), (0.001, 1), (0.1, 1), (0.5, 1), (0.99, 1), (1, 1), (0.25, 0.5), (1, 2), (1, 10)]


def cases():
    """Yields name, vectors, neighbours, metric."""
    random = np.random.default_rng(20260101)
    normal = random.standard_normal
    yield "normal", normal((50, 8)), 15, "euclidean"
    yield "activations", np.maximum(normal((50, 8)), 0) + 0.01, 10, "cosine"
    yield "few neighbours", normal((40, 4)), 3, "manhattan"
    equal = normal((30, 5))
    equal[:8] = equal[0]
    yield "eight equal", equal, 6, "euclidean"
    far = normal((30, 3))
    far[0] += 1000
    yield "one far away", far, 5, "euclidean"
    yield "no more than neighbours", normal((6, 3)), 6, "euclidean"


def neighbours(vectors, count, metric):
    """The nearest of each vector, itself first, and their distances."""
    wide = vectors.astype(np.float64)
    distances = cdist(wide, wide, {"manhattan": "cityblock"}.get(metric, metric))
    np.fill_diagonal(distances, -1)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return nearest, np.maximum(np.take_along_axis(distances, nearest, 1), 0)


def shortest(rows):
    """The shortest decimals that read back as the same float32 values."""
    return [[json.loads(np.format_float_scientific(x, unique=True, trim="-")) for x in row] for row in rows]


def case(name, vectors, count, metric):
    vectors = vectors.astype(np.float32)
    nearest, distances = neighbours(vectors, count, metric)
    graph = fuzzy_simplicial_set(
        vectors, count, None, metric, knn_indices=nearest, knn_dists=distances.astype(np.float32)
    )[0].tocoo()
    edges = sorted((int(i), int(j), round(float(w), 7)) for i, j, w in zip(graph.row, graph.col, graph.data))
    points = vectors[:, :2]
    distinct = len(np.unique(points, axis=0)) == len(points)
    return {
        "name": name,
        "neighbours": count,
        "metric": metric,
        "vectors": shortest(vectors),
        "edges": [edge for edge in edges if edge[0] < edge[1]],
        "trustworthiness": float(trustworthiness(vectors, points, n_neighbors=2)) if distinct else None,
    }


def main():
    if umap.__version__ != EXPECTED:
        sys.exit(f"umap_graph.py: made with umap-learn {EXPECTED}, this is {umap.__version__}")
    curves = [[m, s, *map(float, find_ab_params(s, m))] for m, s in CURVES]
    made = [case(*c) for c in cases()]
    with open(sys.argv[1], "w") as out:
        out.write('{"curves":[\n' + ",\n".join(json.dumps(c) for c in curves) + '\n],\n"graphs":[\n')
        out.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in made) + "\n]}\n")


if __name__ == "__main__":
    main()
