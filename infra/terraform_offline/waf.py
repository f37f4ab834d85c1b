"""Restores the `statement` blocks of WAFv2, which the generated packages leave out.

The newer resource aws_wafv2_web_acl_rule has them in full. The classic resources differ from it in
the names and the nesting that this module changes.
"""

from copy import deepcopy
from typing import Any

COMBINING = ("and_statement", "not_statement", "or_statement")
DEPTH = 3
"""The greatest depth of nested statements. The real provider has the same."""

Blocks = dict[str, Any]


def restore_statements(resources: Blocks) -> None:
    """Give aws_wafv2_web_acl and aws_wafv2_rule_group their statements, in place."""
    source = resources.get("aws_wafv2_web_acl_rule")
    if source is None:
        return
    plain = deepcopy(source["block"]["block_types"]["statement"]["block"]["block_types"])
    for name in COMBINING:
        del plain[name]
    rate_based = plain.pop("rate_based_statement")
    managed = plain.pop("managed_rule_group_statement")
    groups = {
        "managed_rule_group_statement": managed,
        "rule_group_reference_statement": plain.pop("rule_group_reference_statement"),
    }
    statements, scope_down = _combine(plain)
    for block in (rate_based, managed):
        block["block"]["block_types"]["scope_down_statement"] = scope_down
    _rename_rate(rate_based["block"])
    extras: dict[str, Blocks] = {"aws_wafv2_web_acl": groups, "aws_wafv2_rule_group": {}}
    for name, extra in extras.items():
        if name in resources:
            rule = resources[name]["block"]["block_types"]["rule"]["block"]
            everything = {**statements, "rate_based_statement": rate_based, **extra}
            rule["block_types"]["statement"] = _build_list(everything, min_items=1)


def _combine(plain: Blocks) -> tuple[Blocks, Blocks]:
    """Statements with DEPTH levels of and, not, or around the plain ones, and one level less."""
    statements, scope_down = dict(plain), plain
    for _ in range(DEPTH):
        scope_down = _build_list(statements)
        inner = _build_list(statements, min_items=1, max_items=0)
        nested = _build_list({"statement": inner})
        statements = {**plain, **dict.fromkeys(COMBINING, nested)}
    return statements, scope_down


def _rename_rate(block: Blocks) -> None:
    block["attributes"]["aggregate_key_type"] |= {"required": False, "optional": True}
    block["block_types"]["custom_key"] = block["block_types"].pop("custom_keys")


def _build_list(block_types: Blocks, min_items: int = 0, max_items: int = 1) -> Blocks:
    return {
        "nesting_mode": "list",
        "block": {"attributes": {}, "block_types": block_types},
        "min_items": min_items,
        "max_items": max_items,
    }
