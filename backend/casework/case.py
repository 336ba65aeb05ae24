"""What all cases share: a child, a state that only steps can change, and a version."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.db import models
from django_fsm import FSMField, transition

from backend.grammar.table import State, Step, Table
from backend.records.models import Child, Placement

Method = TypeVar("Method", bound=Callable[..., None])


def step(table: Table) -> Callable[[Method], Method]:
    """Binds a method to the table's row of the same name; the row says when and what next."""

    def bind(method: Method) -> Method:
        row = table[method.__name__]
        bound = transition(field="state", source=list(row.when), target=row.becomes)(method)
        bound.is_step = True
        return bound  # type: ignore[no-any-return]

    return bind


def guard(table: Table) -> list[pgtrigger.Trigger]:
    """The table again, as the database enforces it: whatever code forgets, these refuse."""
    return [
        pgtrigger.FSM(name="follows_table", field="state", transitions=list(table.transitions())),
        pgtrigger.Protect(
            name="starts_at_start",
            operation=pgtrigger.Insert,
            condition=~pgtrigger.Q(new__state=str(table.starts)),
        ),
        pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
    ]


class Case(models.Model):
    """The base of every case. Its state changes through the gate and in no other way."""

    TABLE: ClassVar[Table]

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="%(class)ss")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = FSMField(max_length=20, protected=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args:
            kwargs.setdefault("state", str(self.TABLE.starts))
        super().__init__(*args, **kwargs)

    def __str__(self) -> str:
        return self.about

    @property
    def about(self) -> str:
        return f"{self.TABLE.room}/{self.pk}"

    @property
    def stands_at(self) -> State:
        """The state with its words."""
        return self.TABLE.state(self.state)

    def possible(self) -> tuple[Step, ...]:
        """The rows of the table that start from here."""
        return self.TABLE.steps_from(self.state)

    def refresh_from_db(  # type: ignore[override]
        self, using: str | None = None, fields: Iterable[str] | None = None, **kwargs: Any
    ) -> None:
        """Reads the row again, without ever lifting the protection of the state.

        The library's own way switches the protection off for every case of the process
        while one is read, and leaves it off when that fails. A state that is not there
        may be set, so it is taken out first and put back when the reading fails.
        """
        if fields is None:
            self._prefetched_objects_cache: dict[str, Any] = {}
            deferred = self.get_deferred_fields()
            fields = [f.attname for f in self._meta.concrete_fields if f.attname not in deferred]
        fields = list(fields)
        before = self.__dict__.pop("state", None) if "state" in fields else None
        try:
            super().refresh_from_db(using=using, fields=fields, **kwargs)
        finally:
            if before is not None:
                self.__dict__.setdefault("state", before)
