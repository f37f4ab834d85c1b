"""Both regions share the tables that Terraform makes global."""

from infra.deploy.contract import REGIONAL, find_models
from infra.local import names
from infra.local.regions.copies import SHARED_TABLES
from infra.local.regions.plan import REGIONS, build_plan


def test_all_tables_but_the_regional_ones_are_shared() -> None:
    shared = find_models().keys() - set(REGIONAL)

    assert {f"{names.SHARED_PREFIX}-{name}" for name in shared} == set(SHARED_TABLES)


def test_what_is_global_has_another_name_in_each_region() -> None:
    plan = build_plan()

    assert plan.regions == REGIONS
    assert len(set(plan.api_ids.values())) == len(set(plan.page_buckets)) == 2
    assert plan.page_buckets[0] == names.PAGE_BUCKET
