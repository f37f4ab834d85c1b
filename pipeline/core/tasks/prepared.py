"""Updates whose expressions PynamoDB builds once instead of once for each task.

Building them takes half a millisecond of a worker's core after a picture, because the networks push
Python out of the processor's caches (see docs/adr/0016-little-work-beside-the-networks.md). Only
`changes` uses this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import Attribute
from pynamodb.connection.base import BOTOCORE_EXCEPTIONS
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model


@dataclass(frozen=True, eq=False)  # PynamoDB's attributes cannot be compared
class Parameter:
    """A value that differs from call to call."""

    name: str
    attribute: Attribute[Any]


def parameter(name: str, attribute: Attribute[Any]) -> Any:
    """A placeholder in an expression. Its value is serialized as `attribute` does it."""
    # PynamoDB passes a value that is already {type: value} through unchanged.
    return {attribute.attr_type: Parameter(name, attribute)}


class PreparedUpdate:
    """A conditional update of one item. Safe to share between threads."""

    def __init__(
        self, model: type[Model], condition: Condition, actions: Sequence[Action], *, returns: str
    ) -> None:
        """Describe the update without connecting.

        Args:
            model: It must have a hash key and no range key.
            condition: Contains a `parameter` where a value differs from call to call.
            actions: Contain parameters too.
            returns: DynamoDB's ReturnValues, such as NONE or ALL_NEW.
        """
        self._model = model
        self._condition = condition
        self._actions = actions
        self._returns = returns

    def apply(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        """Update the item of this hash key.

        Args:
            values: The value of each parameter by its name. Other names are ignored.

        Returns:
            DynamoDB's answer.

        Raises:
            UpdateError: The condition does not hold, or DynamoDB does not answer.
            KeyError: A parameter has no value.
        """
        request = self.build(key, values)
        try:
            answer: dict[str, Any] = self.client.update_item(**request)
        except BOTOCORE_EXCEPTIONS as error:
            raise UpdateError(f"Failed to update item: {error}", error) from error
        return answer

    @property
    def client(self) -> Any:
        return self._model._get_connection().connection.client

    def build(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        """The request to update the item of this hash key.

        Raises:
            KeyError: A parameter has no value.
        """
        request, key_type, constants, parameters = self._prepared
        given: dict[str, Any] = {}
        for found, placeholders in parameters.items():
            value = values[found.name]
            encoded = None if value is None else found.attribute.serialize(value)
            typed = {"NULL": True} if encoded is None else {found.attribute.attr_type: encoded}
            given |= dict.fromkeys(placeholders, typed)
        return {
            **request,
            "Key": {name: {attr_type: key} for name, attr_type in key_type.items()},
            "ExpressionAttributeValues": constants | given,
        }

    @cached_property
    def _prepared(
        self,
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, Any], dict[Parameter, list[str]]]:
        """The parts that are the same for each call.

        Returns:
            The request, name and type of the key, the constant values by placeholder, and the
            placeholders of each parameter.
        """
        table = self._model._get_connection()
        request = table.connection.get_operation_kwargs(
            table.table_name,
            "",
            condition=self._condition,
            actions=self._actions,
            return_values=self._returns,
        )
        key_type = {name: attr_type for name, [attr_type] in request.pop("Key").items()}
        constants: dict[str, Any] = {}
        parameters: dict[Parameter, list[str]] = {}
        for placeholder, typed in request.pop("ExpressionAttributeValues").items():
            [value] = typed.values()
            if isinstance(value, Parameter):
                parameters.setdefault(value, []).append(placeholder)
            else:
                constants[placeholder] = typed
        return request, key_type, constants, parameters


def apply_together(*writes: tuple[PreparedUpdate, str, dict[str, Any]]) -> bool:
    """Update several items, all of them or none.

    Args:
        writes: Each update with the key of its item and the values of its parameters.

    Returns:
        False if a condition does not hold. Then nothing was written.

    Raises:
        ClientError: DynamoDB refused it for another reason.
        BotoCoreError: DynamoDB does not answer.
    """
    items = []
    for update, key, values in writes:
        request = update.build(key, values)
        del request["ReturnValues"]
        items.append({"Update": request})
    try:
        writes[0][0].client.transact_write_items(TransactItems=items)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            return False
        raise
    return True
