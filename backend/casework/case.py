"""What all cases share: a state that only steps can change, and a version; most have a child."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django_fsm import FSMField, transition

from backend.access.matters import parts_in
from backend.access.models import Person
from backend.access.parts import parts_of
from backend.deadlines.clockwork import ReadAuthorities
from backend.deadlines.recalculate import recalculate, recalculate_matters
from backend.events.record import Actor
from backend.grammar.roles import Role
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


def authority_in(model: "type[Matter]", *fields: str) -> ReadAuthorities:
    """Reads which authority answers for each case of a room: the first of these fields that is
    filled."""

    def read(ids: Sequence[int]) -> Mapping[int, str]:
        rows = model._default_manager.filter(pk__in=list(ids)).order_by()
        return dict(rows.annotate(code=Coalesce(*fields, Value(""))).values_list("pk", "code"))

    return read


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


def lock_child(child_id: int) -> Child:
    """Takes the child's row first, always: whoever changes anything of a child queues here."""
    return Child.objects.select_for_update().get(pk=child_id)


class Matter(models.Model):
    """The base of every case. Its state changes through the gate and in no other way.

    A matter that is not a child's names its people and its readers with ``install_matters``.
    """

    TABLE: ClassVar[Table]

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
        return f"{self.TABLE.name}/{self.pk}"

    @property
    def concerns_child_id(self) -> int | None:
        """The child on whose timeline the events of this case stand; none unless a room says so."""
        return None

    @property
    def concerns_setting_id(self) -> int | None:
        return None

    @property
    def hears_as(self) -> str:
        """By what the people to tell are found: the case itself, or its child when empty."""
        return self.about

    def lock(self) -> None:
        """Takes what this hangs on, before the case itself is taken."""

    def parts_of(self, person: Person, on: date) -> frozenset[Role]:
        """The parts a person plays in this case on a day."""
        return parts_in(self.TABLE.name, person, [self.pk], on)[self.pk]

    def count_again(self, *, by: Actor, at: datetime) -> None:
        """Counts again what is owed in this case."""
        recalculate_matters(self.TABLE.name, [self.pk], by=by, at=at)

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


class Case(Matter):
    """A case of one child: seen because the child is, done by those who play a part for them."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="%(class)ss")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Matter.Meta):
        abstract = True

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def concerns_setting_id(self) -> int | None:
        return self.placement.setting_id if self.placement else None

    @property
    def hears_as(self) -> str:
        return ""

    def lock(self) -> None:
        lock_child(self.child_id)

    def parts_of(self, person: Person, on: date) -> frozenset[Role]:
        return parts_of(person, self.child, on)

    def count_again(self, *, by: Actor, at: datetime) -> None:
        recalculate([self.child_id], by=by, at=at)
