"""The cost calculator."""

import re
from pathlib import Path

import pytest

from infra.cost import camera, regions, waiting, webhook
from infra.cost.__main__ import parse
from infra.cost.model import (
    Usage,
    calculate,
    calculate_rekognition,
    get_total,
    load_capacity,
    load_prices,
    price_core_seconds,
)

DOCUMENT = (Path(__file__).parents[2] / "docs/cost.md").read_text()


def find(usage: Usage, service: str) -> float:
    (line,) = (line for line in calculate(usage) if line.service == service)
    return line.usd


@pytest.mark.parametrize(
    ("images", "usd"),
    [(0, 0), (1_000_000, 1000), (2_000_000, 1800), (10_000_000, 7200), (40_000_000, 23450)],
)
def test_rekognition_is_priced_by_tiers(images: int, usd: float) -> None:
    assert calculate_rekognition(images) == pytest.approx(usd)


def test_an_idle_month_costs_what_runs_all_the_time() -> None:
    idle = Usage(users=0, images=0)

    assert find(idle, "EC2 workers") == pytest.approx(2 * 730 * 0.0725)
    assert find(idle, "API Gateway") == 0


def test_a_sleeping_fleet_costs_its_awake_hours() -> None:
    asleep = Usage(users=0, images=0, environment="dev")
    start = Usage(users=10, images=1000, environment="dev", awake_hours=60)

    assert find(asleep, "EC2 workers") == 0
    assert find(start, "EC2 workers") == pytest.approx(60 * 0.0168)
    assert find(asleep, "EBS disks") == find(start, "EBS disks") == pytest.approx(12 * 0.08)


def test_more_images_cost_more_in_every_row_that_counts_them() -> None:
    few, many = (Usage(users=100, images=n) for n in (10_000_000, 20_000_000))

    for service in ("API Gateway", "S3 pictures", "DynamoDB requests", "SQS", "Lambda requests"):
        assert find(many, service) > find(few, service)


def test_workers_are_added_if_the_minimum_is_not_enough() -> None:
    # Of an instance with two vCPUs at 60 % utilisation
    an_hour = int(2 * load_capacity()["images_per_second_per_vcpu"] * 0.6 * 3600)

    usd = find(Usage(users=1, images=an_hour * 3000), "EC2 workers")

    assert usd == pytest.approx(3000 * 0.0725)


def test_free_allowances_are_not_billed() -> None:
    assert find(Usage(users=10_000, images=1), "Cognito users") == 0
    assert find(Usage(users=10_001, images=1), "Cognito users") == pytest.approx(0.015)


def test_the_total_is_the_sum_of_the_rows() -> None:
    lines = calculate(Usage(users=100, images=1000))

    assert get_total(lines) == pytest.approx(sum(line.usd for line in lines))
    assert get_total(lines) > 0


def test_the_prices_have_a_date_and_a_region() -> None:
    prices = load_prices()

    assert prices["as_of"]
    assert prices["region"] == "us-east-1"
    assert "may have changed" in prices["note"]


SIZES = [
    "--users 0 --images 0 --environment dev",
    "--users 10 --images 1000 --environment dev",
    "--users 100 --images 100000",
]


def test_the_documented_sizes_have_the_rows_of_the_calculator() -> None:
    bills = [calculate(parse(arguments.split())) for arguments in SIZES]
    usd = [{line.service: line.usd for line in bill} for bill in bills]
    expected = {
        service: [f"{bill.get(service, 0):.2f}" for bill in usd] for service in set().union(*usd)
    }
    expected["**Together**"] = [f"**{get_total(bill):.2f}**" for bill in bills]

    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
    documented = {name: cells for name, *cells in rows if name in expected}

    assert documented == expected
    assert all(f"`{arguments}`" in DOCUMENT for arguments in SIZES)


def test_a_photo_that_is_slow_to_open_costs_what_is_documented() -> None:
    decoding = (Path(__file__).parents[2] / "docs/performance.md").read_text()
    heic, avif = re.findall(r"^\| 12 \| \d+ → (\d+) \| \d+ → (\d+) \|$", decoding, re.MULTILINE)[0]
    rows = re.findall(
        r"^\| (?:HEIC|AVIF) of .+ \| (0\.\d+) \| ([\d.]+) \|$", DOCUMENT, re.MULTILINE
    )

    assert rows == [
        (f"{int(ms) / 1000:.3f}", f"{price_core_seconds(int(ms) / 1000):.2f}")
        for ms in (heic, avif)
    ]


def read_documented() -> list[tuple[str, str, str]]:
    return re.findall(r"\| `(--users [^`]+)` \| \$([\d,]+) \| \$([\d,]+) \|", DOCUMENT)


@pytest.mark.parametrize(("arguments", "spotter", "rekognition"), read_documented())
def test_the_documented_bills_are_those_of_the_calculator(
    arguments: str, spotter: str, rekognition: str
) -> None:
    usage = parse(arguments.split())

    assert f"{get_total(calculate(usage)):,.0f}" == spotter
    assert f"{calculate_rekognition(usage.images):,.0f}" == rekognition


def test_a_start_100_users_and_ten_million_images_are_documented() -> None:
    assert len(read_documented()) == 3


def test_the_documented_price_of_waiting_is_what_the_command_prints() -> None:
    assert waiting.build_table() in DOCUMENT


def test_the_documented_hours_of_a_camera_are_those_that_the_command_prints() -> None:
    assert camera.build_table() in DOCUMENT
    assert f"${camera.calculate_idle_month():.2f} a month" in DOCUMENT


def test_the_document_has_the_costs_of_a_second_region() -> None:
    assert regions.build_table() in DOCUMENT


def test_a_second_region_costs_less_the_less_runs_in_it() -> None:
    one, active, standby, light = (row.together_usd for row in regions.calculate_rows())

    assert one < light < standby < active < 2.5 * one


def test_the_documented_price_of_webhooks_is_what_the_command_prints() -> None:
    assert webhook.build_table() in DOCUMENT
