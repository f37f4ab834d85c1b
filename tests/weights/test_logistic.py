import numpy as np
import pytest

from pipeline.weights.logistic import fit, measure_calibration_error, predict_held_out


def build_examples(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Examples that a logistic function with the weights -1 and 2 decides."""
    random = np.random.default_rng(1)
    values = np.column_stack([np.ones(count), random.normal(size=count)])
    chance = 1 / (1 + np.exp(-(values @ [-1, 2])))
    return values, (random.random(count) < chance).astype(np.float64)


def test_a_fit_finds_the_weights_that_made_the_examples() -> None:
    values, right = build_examples(4000)

    fitted = fit(values, right, np.ones(4000))

    assert fitted.weights == pytest.approx([-1, 2], abs=0.15)
    assert (np.abs(fitted.weights - [-1, 2]) < 3 * fitted.errors).all()


def test_examples_without_importance_teach_nothing() -> None:
    values, right = build_examples(1000)
    both = np.vstack([values, values])

    fitted = fit(both, np.concatenate([right, 1 - right]), np.repeat([1.0, 0.0], 1000))

    assert fitted.weights == pytest.approx(fit(values, right, np.ones(1000)).weights)


def test_a_held_out_example_does_not_predict_itself() -> None:
    """Each picture has an oddity of its own that only its own example could teach."""
    count = 16
    values = np.eye(count)
    right = np.ones(count)

    held_out = predict_held_out(values, right, np.ones(count), np.arange(count))

    assert held_out == pytest.approx(np.full(count, 0.5))
    assert (fit(values, right, np.ones(count)).predict(values) > 0.9).all()


@pytest.mark.parametrize(
    ("stated", "right", "error"),
    [
        ([0.95, 0.95, 0.95, 0.95], [1, 1, 1, 1], 0.05),
        ([0.95, 0.95, 0.15, 0.15], [0, 0, 0, 0], 0.55),
        ([1.0, 0.0], [1, 0], 0),
        ([], [], 0),
    ],
)
def test_the_calibration_error_is_the_mean_distance_by_bin(
    stated: list[float], right: list[float], error: float
) -> None:
    measured = measure_calibration_error(np.array(stated), np.array(right, np.float64))

    assert measured == pytest.approx(error)
