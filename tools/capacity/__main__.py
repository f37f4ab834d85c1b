"""Plan the workers for a load: `python -m tools.capacity --users 100 --slo-seconds 2`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.capacity.loads import Load, daily_cycle, flash_crowd, zone_loss
from tools.capacity.measured import load_measured, record
from tools.capacity.plan import Need, Plan, make_plan, play
from tools.capacity.plots import draw
from tools.capacity.simulation import Outcome
from tools.capacity.validation import validate

BUILD = Path(__file__).parents[2] / "build"
LONGEST_IMAGES = 1_000_000
"""Most pictures of one simulation, which takes about 15 s. Larger simulations are left out."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How many workers a load needs.")
    parser.add_argument(
        "--users", type=int, default=100, help="users at once; each sends an image every 10 s"
    )
    parser.add_argument("--photo-megapixels", type=float, default=12)
    parser.add_argument(
        "--slo-seconds", type=float, default=2, help="p95 from upload to result, in seconds"
    )
    parser.add_argument(
        "--peak", type=float, default=10, help="size of a flash crowd, as a multiple of the users"
    )
    parser.add_argument("--plots", type=Path, default=BUILD, help="folder for the plots")
    parser.add_argument(
        "--record", type=Path, metavar="BENCH", help="store the times of this bench report"
    )
    parser.add_argument(
        "--validate",
        type=Path,
        metavar="BENCH",
        help="compare the simulation with this bench report",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parse(arguments)
    console = Console()
    if asked.record:
        console.print(f"{record(asked.record).images_per_second} images per second and core")
        return 0
    if asked.validate:
        return validate(asked.validate, console)
    need = Need(asked.users, asked.photo_megapixels, asked.slo_seconds, asked.peak)
    try:
        plan = make_plan(need)
    except ValueError as error:
        console.print(str(error))
        return 1
    show_plan(plan, console)
    show_loads(plan, asked.plots, console)
    measured = load_measured()
    console.print(f"Times: {measured.machine}, {measured.as_of}. {measured.source}")
    return 0


def show_plan(plan: Plan, console: Console) -> None:
    need = plan.need
    title = f"{need.users:,} users, {need.megapixels:g} megapixels, p95 {need.slo_seconds:g} s"
    table = Table("What", "How much", title=title, title_justify="left")
    rows = {
        "Pictures a second": f"{need.rate:,.1f}, up to {need.rate * need.peak:,.0f} in a crowd",
        "Instance type": plan.instance_type,
        "Minimum capacity": f"{plan.minimum:,}",
        "Maximum capacity": f"{plan.maximum:,}",
        "Warm pool": f"{plan.warm_pool}",
        "p50, p95, p99": f"{plan.p50:.2f} s, {plan.p95:.2f} s, {plan.p99:.2f} s",
        "A month": f"{plan.usd_a_month:,.0f} USD, {need.hours_a_day:g} h of it a day",
    }
    for what, how_much in rows.items():
        table.add_row(what, how_much)
    console.print(table)


def show_loads(plan: Plan, folder: Path, console: Console) -> None:
    table = Table("Load", "Pictures", "p95", "p99", "Longest", "Most waiting", "Most instances")
    for name, load in build_loads(plan).items():
        if load.peak * load.seconds > LONGEST_IMAGES:
            console.print(f"{load.name}: left out, because its simulation would take too long.")
            continue
        outcome = play(plan, load)
        table.add_row(load.name, *describe(outcome))
        draw(load, outcome, folder / f"capacity-{name}.png")
    console.print(table)
    console.print("Seconds count from queued to stored.")
    console.print(f"Plots: {folder}/capacity-*.png")


def build_loads(plan: Plan) -> dict[str, Load]:
    rate = plan.need.rate
    return {
        "flash-crowd": flash_crowd(rate, plan.need.peak),
        "daily-cycle": daily_cycle(rate),
        "zone-loss": zone_loss(rate),
    }


def describe(outcome: Outcome) -> list[str]:
    _, waiting, instances = zip(*outcome.timeline, strict=True)
    return [
        f"{outcome.arrived:,}",
        f"{outcome.get_percentile(95):.2f} s",
        f"{outcome.get_percentile(99):.2f} s",
        f"{max(outcome.seconds):.0f} s",
        f"{max(waiting):,}",
        f"{max(instances)}",
    ]


if __name__ == "__main__":
    sys.exit(main())
