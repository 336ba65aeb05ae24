"""Makes the many tables of a first migration at once."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import AlterTogetherOptionOperation
from django.db.migrations.state import ProjectState

#: What a table has from the start when it is made as it is after the last operation.
HELD_BY_TABLE = (AddField, AddIndex, AddConstraint, AlterTogetherOptionOperation)


class AtOnce(Operation):
    """The operations of a first migration, with the models drawn once and not after each.

    Models with history and triggers hang together closely, so Django draws most of them anew
    after every operation. A room has some hundred operations: drawing takes minutes.
    Every table is made as it is after the last operation, so only what stands beside the
    tables (triggers) is still done one by one.
    """

    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        self.made = {op.name_lower for op in operations if isinstance(op, CreateModel)}

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            if not self._is_held_by_table(operation):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            if isinstance(operation, CreateModel):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Make {len(self.made)} tables at once"

    def _is_held_by_table(self, operation: Operation) -> bool:
        if not isinstance(operation, HELD_BY_TABLE):
            return False
        name = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
        return name in self.made
