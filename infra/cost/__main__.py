"""Print the bill of a month: `python -m infra.cost --users 100 --images 1000000`."""

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from infra.cost.model import (
    ENVIRONMENTS,
    Usage,
    calculate,
    calculate_rekognition,
    get_total,
    load_prices,
)


def parse(arguments: Sequence[str] | None = None) -> Usage:
    parser = argparse.ArgumentParser(description="What a month of Spotter costs on AWS.")
    parser.add_argument(
        "--users", type=int, default=100, help="people who sign in at least once a month"
    )
    parser.add_argument("--images", type=int, default=100_000, help="images in a month")
    parser.add_argument("--megabytes", type=float, default=2.0, help="size of an average photo")
    parser.add_argument("--environment", choices=ENVIRONMENTS, default="prod")
    parser.add_argument(
        "--awake-hours",
        type=int,
        default=60,
        help="hours in a month in which somebody sends images",
    )
    return Usage(**vars(parser.parse_args(arguments)))


def main() -> None:
    usage = parse()
    lines = calculate(usage)
    prices = load_prices()
    title = f"{usage.users:,} users, {usage.images:,} images a month, {usage.environment}"
    table = Table("Service", "Quantity", "USD a month", title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for line in sorted(lines, key=lambda line: -line.usd):
        table.add_row(line.service, line.quantity, f"{line.usd:,.2f}")
    table.add_section()
    table.add_row("Together", "", f"{get_total(lines):,.2f}")
    rekognition = calculate_rekognition(usage.images)
    table.add_row("Amazon Rekognition, for the recognition alone", "", f"{rekognition:,.2f}")
    console = Console()
    console.print(table)
    console.print(
        f"List prices of {prices['region']}, {prices['as_of']}, without tax and one-time credits;"
        " they may have changed."
    )


if __name__ == "__main__":
    main()
