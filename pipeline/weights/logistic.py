"""Logistic regression in numpy, with a standard error for each weight."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_STEPS = 30
_RIDGE = 1e-2  # Keeps weights finite that the examples do not determine.


@dataclass(frozen=True)
class Fit:
    """The weights of a logistic function."""

    weights: Array
    errors: Array
    """Standard errors of the weights."""

    def predict(self, values: Array) -> Array:
        """Return a probability for each row."""
        return _squash(values @ self.weights)


def fit(values: Array, right: Array, importance: Array) -> Fit:
    """Find the most likely weights by Newton's method.

    Args:
        values: One row for each example, shape (n, terms).
        right: 1 for a right example, 0 for a wrong one, shape (n,).
        importance: How much each example counts, shape (n,).
    """
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        rest = importance * (right - _squash(values @ weights))
        weights = weights + np.linalg.solve(
            _measure_curvature(values, weights, importance), values.T @ rest - _RIDGE * weights
        )
    covariance = np.linalg.inv(_measure_curvature(values, weights, importance))
    return Fit(weights, np.sqrt(np.diag(covariance)))


def predict_held_out(
    values: Array, right: Array, importance: Array, groups: npt.NDArray[np.int64], *, folds: int = 8
) -> Array:
    """Return a probability for each example from a fit that has not seen its group."""
    predicted = np.zeros(len(right))
    for fold in range(folds):
        held_out = groups % folds == fold
        seen = ~held_out
        fitted = fit(values[seen], right[seen], importance[seen])
        predicted[held_out] = fitted.predict(values[held_out])
    return predicted


def measure_calibration_error(stated: Array, right: Array, *, bins: int = 10) -> float:
    """Return the expected calibration error, in [0, 1].

    It is the mean distance between what is stated and how often that is right, in equal bins.
    """
    places = np.minimum((stated * bins).astype(int), bins - 1)
    distances = [
        abs(stated[places == place].mean() - right[places == place].mean())
        * np.sum(places == place)
        for place in np.unique(places)
    ]
    return float(sum(distances) / len(stated)) if len(stated) else 0.0


def _measure_curvature(values: Array, weights: Array, importance: Array) -> Array:
    predicted = _squash(values @ weights)
    spread = importance * predicted * (1 - predicted)
    curvature: Array = (values * spread[:, np.newaxis]).T @ values + _RIDGE * np.eye(len(weights))
    return curvature


def _squash(logits: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-logits))
    return result
