"""Networks in int8 on small examples."""

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints
import pytest
from onnx import numpy_helper

from pipeline.weights.network import Array, Maps, NetworkBuilder
from pipeline.weights.quantize import Range, quantize, round_kernels
from pipeline.weights.ranges import list_activations, read_ranges

SIDE = 4
KERNEL = np.array([[[[0.5]], [[-1.0]], [[0.25]]], [[[2.0]], [[0.1]], [[0.0]]]], np.float32)
BIAS = np.array([0.5, -1.0], np.float32)


@pytest.fixture
def network() -> bytes:
    """One layer: `images` (1, 3, 4, 4) through two filters and a ReLU6 to `clipped`."""
    builder = NetworkBuilder()
    maps = builder.conv(Maps("images", SIDE), KERNEL, BIAS, stride=1, depthwise=False)
    clipped = builder.relu6(maps)
    builder.node("Identity", [clipped.name], "clipped")
    return builder.build("small", {"images": [1, 3, SIDE, SIDE]}, {"clipped": [1, 2, SIDE, SIDE]})


@pytest.fixture
def images() -> Array:
    return np.random.default_rng(7).uniform(-1, 1, (1, 3, SIDE, SIDE)).astype(np.float32)


RANGES = {"images": Range(-1.0, 1.0), "clip_1": Range(0.0, 4.0)}


def run(file: bytes, images: Array) -> Array:
    session = onnxruntime.InferenceSession(file)
    [output] = session.run(None, {"images": images})
    return np.asarray(output)


def list_operators(file: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(file).graph.node]


def test_integers_give_nearly_what_floats_give(network: bytes, images: Array) -> None:
    quantised = quantize(network, RANGES)

    assert list_operators(quantised).count("QuantizeLinear") == 2
    # Half a step of the output, and half a step of each of three inputs
    tolerance = 4 / 255 / 2 + 3 * 2 / 255
    np.testing.assert_allclose(run(quantised, images), run(network, images), atol=tolerance)


def test_a_clip_that_the_bytes_do_themselves_is_left_out(network: bytes) -> None:
    inside = quantize(network, RANGES)
    outside = quantize(network, RANGES | {"clip_1": Range(0.0, 8.0)})

    assert "Clip" not in list_operators(inside)
    assert "Clip" in list_operators(outside)


def test_an_activation_that_is_always_zero_stays_zero(network: bytes, images: Array) -> None:
    quantised = quantize(network, RANGES | {"clip_1": Range(0.0, 0.0)})

    np.testing.assert_allclose(run(quantised, images), np.clip(run(network, images), 0, 255), 1)


def test_a_layer_without_a_range_keeps_its_floats(network: bytes, images: Array) -> None:
    without = quantize(network, {"images": Range(-1.0, 1.0)})

    constants = {c.name: c for c in onnx.load_from_string(without).graph.initializer}
    floats = [numpy_helper.to_array(c) for c in constants.values()]
    assert any(array.shape == KERNEL.shape and np.array_equal(array, KERNEL) for array in floats)
    np.testing.assert_allclose(run(without, images), run(network, images), atol=3 * 2 / 255)


def test_a_channel_that_is_all_bias_stays_right(images: Array) -> None:
    builder = NetworkBuilder()
    kernel = np.concatenate([KERNEL[:1], np.zeros_like(KERNEL[:1])])
    maps = builder.conv(
        Maps("images", SIDE), kernel, np.array([0, 3], np.float32), stride=1, depthwise=False
    )
    builder.node("Identity", [maps.name], "out")
    network = builder.build("small", {"images": [1, 3, SIDE, SIDE]}, {"out": [1, 2, SIDE, SIDE]})

    quantised = quantize(network, {"images": Range(-1, 1), "conv_0": Range(-4.0, 4.0)})

    np.testing.assert_allclose(run(quantised, images)[0, 1], 3, atol=8 / 255)


def test_rounding_keeps_the_sum_of_each_kernel() -> None:
    kernels = np.random.default_rng(7).uniform(-127, 127, (5, 2, 3, 3))

    rounded = round_kernels(kernels)

    assert np.abs(rounded - kernels).max() < 1
    assert np.abs((rounded - kernels).sum(axis=(2, 3))).max() <= 0.5
    np.testing.assert_array_equal(rounded, np.rint(rounded))


def test_whole_numbers_stay_what_they_are() -> None:
    whole = np.arange(-9, 9).reshape(2, 1, 3, 3) * (1 - 1e-9)

    np.testing.assert_array_equal(round_kernels(whole), np.rint(whole))


def test_the_recorded_ranges_are_those_of_the_detector(weights: object) -> None:
    model = onnx.load(f"{weights}/ssd_mobilenet_v2.onnx")

    assert list(read_ranges()) == list_activations(model)
    assert all(low < high for low, high in read_ranges().values())
