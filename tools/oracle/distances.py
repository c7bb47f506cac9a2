"""Makes index/testdata/distances.json: distances of small vectors by scipy.

    tools/oracle/run distances.py

The vectors are float32, the distances are computed in float64. A distance that
scipy does not define (the angle of a vector of zeros) is null. The same
versions write the same numbers but for the last bit, which is the CPU's.
"""

import json
import sys
import warnings

import numpy as np
from scipy.spatial import distance

EXPECTED = {"numpy": "2.4.6", "scipy": "1.17.1"}
POWERS = [1, 1.5, 2, 3, 7]

METRICS = {
    "cosine": distance.cosine,
    "euclidean": distance.euclidean,
    "sqeuclidean": distance.sqeuclidean,
    "manhattan": distance.cityblock,
    "chebyshev": distance.chebyshev,
    "correlation": distance.correlation,
}


def pairs():
    """Yields name, a, b."""
    random = np.random.default_rng(20260101)

    def normal(n):
        return random.standard_normal(n)

    for n in (1, 2, 3, 7, 16, 33, 100):
        yield f"normal, {n} values", normal(n), normal(n)
    yield "activations, half of them zero", np.maximum(normal(64), 0), np.maximum(normal(64), 0)
    yield "whole numbers", [1, 2, 3, 4], [4, 3, 2, 1]
    yield "at a right angle", [1, 0, 0], [0, 2, 0]
    yield "opposite", [1, -2, 3], [-2, 4, -6]
    yield "same direction", [1, -2, 3], [2, -4, 6]
    a = normal(40)
    yield "equal", a, a
    yield "equal, ten thousandths", [0.1, 0.2, 0.7], [0.1, 0.2, 0.7]
    yield "nearly equal", a, a + 1e-3 * normal(40)
    yield "far from the origin", 1000 + normal(50), 1000 + normal(50)
    yield "tiny", 1e-30 * normal(20), 1e-30 * normal(20)
    yield "least normal", 1e-38 * normal(20), 1e-38 * normal(20)
    yield "huge", 1e30 * normal(20), 1e30 * normal(20)
    yield "largest", 3e38 * random.uniform(-1, 1, 20), 3e38 * random.uniform(-1, 1, 20)
    yield "tiny against huge", 1e-30 * normal(20), 1e30 * normal(20)
    yield "tiny and huge in one", np.tile([1e-20, 1e20], 8) * normal(16), np.tile([1e-20, 1e20], 8) * normal(16)
    yield "zeros against values", np.zeros(5), normal(5)
    yield "zeros against zeros", np.zeros(5), np.zeros(5)
    yield "equal values against values", np.full(6, 0.5), normal(6)
    yield "sum of zero", [1, -1, 2, -2], [3, 1, -1, -3]


def distances(a, b):
    """Maps "metric" and "minkowski p" to the distance, None where undefined."""
    found = {name: metric(a, b) for name, metric in METRICS.items()}
    for p in POWERS:
        found[f"minkowski {p}"] = distance.minkowski(a, b, p)
    return {name: None if np.isnan(d) else float(d) for name, d in found.items()}


def shortest(vector):
    """The shortest decimals that read back as the same float32 values."""
    return [json.loads(np.format_float_scientific(x, unique=True, trim="-")) for x in vector]


def main():
    import scipy

    found = {"numpy": np.__version__, "scipy": scipy.__version__}
    if found != EXPECTED:
        sys.exit(f"distances.py: made with {EXPECTED}, this is {found}")
    warnings.simplefilter("ignore")  # undefined angles are expected
    cases = []
    for name, a, b in pairs():
        a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
        wide = distances(a.astype(np.float64), b.astype(np.float64))
        cases.append({"name": name, "a": shortest(a), "b": shortest(b), "distances": wide})
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
