"""Updates whose expressions PynamoDB writes once instead of once a task.

That takes half a millisecond of a worker's core when Python has left the processor's caches, as
it has after each picture: docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.connection.base import BOTOCORE_EXCEPTIONS
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model


@dataclass(frozen=True, eq=False)  # PynamoDB's attributes cannot be compared
class Parameter:
    """A value that comes with each call."""

    name: str
    attribute: Attribute[Any]


def parameter(name: str, attribute: Attribute[Any]) -> Any:
    """Stand in an expression for a value that is stored as this attribute's are."""
    # PynamoDB passes a value that is already {type: value} through unchanged.
    return {attribute.attr_type: Parameter(name, attribute)}


class PreparedUpdate:
    """A conditional update of one item. Safe to share between threads."""

    def __init__(
        self, model: type[Model], condition: Condition, actions: Sequence[Action], *, returns: str
    ) -> None:
        """Connect nothing yet.

        Args:
            model: It has a hash key only.
            condition: With `parameter` where a value differs from call to call.
            actions: The same.
            returns: DynamoDB's ReturnValues.
        """
        self._model = model
        self._condition = condition
        self._actions = actions
        self._returns = returns

    def apply(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        """Update the item of this hash key.

        Args:
            values: By the names of the parameters.

        Returns:
            DynamoDB's answer.

        Raises:
            UpdateError: As PynamoDB's: the condition does not hold, or DynamoDB cannot be asked.
        """
        request, key_type, constants, parameters = self._prepared
        given: dict[str, Any] = {}
        for found, placeholders in parameters.items():
            typed = {found.attribute.attr_type: found.attribute.serialize(values[found.name])}
            given |= dict.fromkeys(placeholders, typed)
        client: Any = self._model._get_connection().connection.client
        try:
            answer: dict[str, Any] = client.update_item(
                **request,
                Key={name: {attr_type: key} for name, attr_type in key_type.items()},
                ExpressionAttributeValues=constants | given,
            )
        except BOTOCORE_EXCEPTIONS as error:
            raise UpdateError(f"Failed to update item: {error}", error) from error
        return answer

    @cached_property
    def _prepared(
        self,
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, Any], dict[Parameter, list[str]]]:
        """What is the same for each call.

        Returns:
            The request, name and type of the key, constant values by placeholder, and the
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
