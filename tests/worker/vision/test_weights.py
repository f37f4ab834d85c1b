"""The choice of networks for a processor."""

from pathlib import Path

import pytest

from pipeline.worker.vision.weights import FLOAT32, INT8, EngineName, Networks, choose_networks


@pytest.mark.parametrize(
    ("engine", "machine", "flags", "expected"),
    [
        ("onnxruntime", "x86_64", "fpu avx2 avx512f avx512_vnni", INT8),
        ("onnxruntime", "x86_64", "fpu avx2 avx_vnni", INT8),
        ("onnxruntime", "x86_64", "fpu avx2 fma", FLOAT32),
        ("onnxruntime", "aarch64", "fp asimd", INT8),
        ("opencv", "x86_64", "fpu avx2 avx512_vnni", FLOAT32),
    ],
)
def test_int8_runs_where_it_is_fast_and_exact(
    tmp_path: Path, engine: EngineName, machine: str, flags: str, expected: Networks
) -> None:
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: spectre_v1\n")

    chosen = choose_networks(engine, machine=machine, cpu_info=cpu_info)

    assert chosen == expected


def test_an_unknown_processor_runs_the_float_networks(tmp_path: Path) -> None:
    chosen = choose_networks("onnxruntime", machine="AMD64", cpu_info=tmp_path / "missing")

    assert chosen == FLOAT32
