"""What both regions have to know of each other before anything exists."""

from __future__ import annotations

from pydantic import BaseModel

from infra.local import names
from infra.local.regions.addresses import APIS
from infra.local.regions.front import FRONT_ID
from infra.local.regions.link import LAG_SECONDS

REGIONS = (names.FIRST_REGION, names.SECOND_REGION)


class Plan(BaseModel, frozen=True):
    """What the process of the local AWS is told. It cannot import our code."""

    regions: tuple[str, str] = REGIONS
    lag_seconds: float = LAG_SECONDS
    """How long a write takes to the other region."""
    api_ids: dict[str, str]
    stage: str = names.API_STAGE
    page_buckets: list[str]
    account: str = names.ACCOUNT_ID


def build_plan(lag_seconds: float = LAG_SECONDS) -> Plan:
    suffixes = {region: names.build_suffix(region) for region in REGIONS}
    return Plan(
        lag_seconds=lag_seconds,
        api_ids={region: f"{names.API}{suffix}" for region, suffix in suffixes.items()},
        page_buckets=[f"{names.PAGE}{suffix}" for suffix in suffixes.values()],
    )


def write_plan(plan: Plan | None) -> str:
    """The plan as JSON; empty for one region."""
    return plan.model_dump_json() if plan else ""


def build_front_url(endpoint: str) -> str:
    """The URL of the API that leads to either region."""
    return f"{endpoint}{APIS}{FRONT_ID}/{names.API_STAGE}"


def build_health_url(endpoint: str, region: str) -> str:
    return f"{endpoint}{APIS}{build_plan().api_ids[region]}/{names.API_STAGE}/health"


def build_function_variables(endpoint: str) -> dict[str, str]:
    """What functions of this region know of the others, as modules/functions tells them."""
    peers = [build_health_url(endpoint, region) for region in REGIONS if region != names.REGION]
    return {"REGIONS": ",".join(REGIONS), "PEER_HEALTH_URLS": ",".join(peers)}


def build_portal_variables(endpoint: str) -> dict[str, str]:
    """What the portal knows of both regions."""
    return {
        "REGIONS": ",".join(REGIONS),
        "PAGE_BUCKET": names.PAGE_BUCKET,
        "REGION_HEALTH_URLS": ",".join(build_health_url(endpoint, region) for region in REGIONS),
    }


def build_takeover(task_queue_url: str) -> dict[str, str]:
    """The environment of `python -m pipeline.core.takeover`, as Terraform says it."""
    return {
        "AWS_REGION": names.REGION,
        "REGIONS": ",".join(REGIONS),
        "TASKS_TABLE": names.TASKS_TABLE,
        "TASK_QUEUE_URL": task_queue_url,
        "IMAGES_BUCKET": names.IMAGES_BUCKET,
        "PAGE_BUCKET": names.PAGE_BUCKET,
    }
