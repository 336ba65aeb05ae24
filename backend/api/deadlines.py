"""Deadlines: what is owed to each child and by when, with why, as of a day."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.caseload import children_in_part
from backend.access.parts import living_there
from backend.api.fields import AuthorityName, ChildName
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.deadlines.due import Status, days_late_on, is_due_soon_on, status_on, words_on
from backend.deadlines.models import Deadline
from backend.deadlines.queries import RANKS, STANDING, Urgency, ranked_on, urgency_on
from backend.deadlines.standing import due_soon, with_status
from backend.grammar.clocks import Kind, Verified
from backend.grammar.events import Depth
from backend.grammar.roles import LABELS, Role
from backend.records.models import Placement

DUE_SOON = "due_soon"
STATES = [(status.value, status.value) for status in Status] + [(DUE_SOON, DUE_SOON)]


def labelled(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class DeadlineFilter(Filter):
    """What is owed by whom, in which state, as of which day."""

    as_of = DayFilter(method="keep", help_text="The day on which states are judged; today if empty")
    state = filters.MultipleChoiceFilter(
        choices=STATES, method="in_state", help_text="due_soon: open, and at most seven days away"
    )
    standing = filters.BooleanFilter(
        method="is_standing", help_text="Owed now: neither met nor ended"
    )
    urgency = filters.MultipleChoiceFilter(
        choices=[(each.value, each.value) for each in Urgency],
        method="as_urgent",
        help_text="Of what is owed now; past: gone by, but no breach of verified law",
    )
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    setting = IdFilter(method="lives_at", help_text="The setting where the child lives")
    role = filters.ChoiceFilter(
        choices=[(role.value, LABELS[role]) for role in Role if role is not Role.CLOCK],
        method="mine_as",
        help_text="Of the children for whom you play this part",
    )
    child = IdFilter(field_name="child_id")
    room = filters.CharFilter(field_name="room")
    ref = filters.CharFilter(field_name="ref", help_text="Such as VIS-01")
    kind = filters.ChoiceFilter(choices=labelled(Kind))
    verified = filters.ChoiceFilter(choices=labelled(Verified))
    due_from = DayFilter(field_name="due_on", lookup_expr="gte")
    due_to = DayFilter(field_name="due_on", lookup_expr="lte")
    ordering = Order(fields=(("due_on", "due_on"), ("child__name", "child"), ("ref", "ref")))

    class Meta:
        model = Deadline
        fields: list[str] = []

    def day(self) -> date:
        return self.form.cleaned_data.get("as_of") or self.on

    def keep(self, rows: QuerySet[Deadline], name: str, value: date) -> QuerySet[Deadline]:
        return rows

    def in_state(self, rows: QuerySet[Deadline], name: str, value: list[str]) -> QuerySet[Deadline]:
        if not value:
            return rows
        wanted = [
            due_soon(self.day()) if word == DUE_SOON else with_status(Status(word), self.day())
            for word in value
        ]
        found = wanted[0]
        for condition in wanted[1:]:
            found |= condition
        return rows.filter(found)

    def is_standing(self, rows: QuerySet[Deadline], name: str, value: bool) -> QuerySet[Deadline]:
        return rows.filter(status__in=STANDING) if value else rows.exclude(status__in=STANDING)

    def as_urgent(
        self, rows: QuerySet[Deadline], name: str, value: list[str]
    ) -> QuerySet[Deadline]:
        if not value:
            return rows
        ranks = [RANKS[Urgency(each)] for each in value]
        owed = rows.filter(status__in=STANDING).annotate(rank=ranked_on(self.day()))
        return owed.filter(rank__in=ranks)

    def lives_at(self, rows: QuerySet[Deadline], name: str, value: int) -> QuerySet[Deadline]:
        there = Placement.objects.filter(
            living_there(self.on), is_temporary=False, setting_id=int(value)
        )
        return rows.filter(child_id__in=there.values("child_id"))

    def mine_as(self, rows: QuerySet[Deadline], name: str, value: str) -> QuerySet[Deadline]:
        mine = children_in_part(self.person, Role(value), self.on)
        return rows.filter(child_id__in=mine.values("pk"))


class DeadlineOut(serializers.ModelSerializer):
    """One duty with its date and its reasons."""

    child = ChildName()
    authority = AuthorityName(source="child.authority")
    state = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField(help_text="The state as a reader meets it")
    days_late = serializers.SerializerMethodField()
    is_due_soon = serializers.SerializerMethodField()
    urgency = serializers.SerializerMethodField(help_text="Empty when it is no longer owed")

    class Meta:
        model = Deadline
        fields = (
            "id",
            "key",
            "child",
            "authority",
            "room",
            "ref",
            "rule",
            "title",
            "provision",
            "link",
            "kind",
            "verified",
            "counted_from",
            "due_on",
            "due_at",
            "plan_by",
            "local_due_on",
            "state",
            "words",
            "days_late",
            "is_due_soon",
            "urgency",
            "met_on",
            "slipped_at",
            "placement",
            "why",
            "facts",
            "alternative",
            "rule_version",
            "calendar_version",
        )

    def day(self) -> date:
        return self.context["as_of"]  # type: ignore[no-any-return]

    @extend_schema_field(serializers.ChoiceField(labelled(Status)))
    def get_state(self, row: Deadline) -> str:
        return status_on(row, self.day()).value

    def get_words(self, row: Deadline) -> str:
        return words_on(row, self.day())

    def get_days_late(self, row: Deadline) -> int:
        return days_late_on(row, self.day())

    def get_is_due_soon(self, row: Deadline) -> bool:
        return is_due_soon_on(row, self.day())

    @extend_schema_field(serializers.ChoiceField(labelled(Urgency), allow_null=True))
    def get_urgency(self, row: Deadline) -> str | None:
        return urgency_on(row, self.day()).value if row.is_standing else None


class DeadlineViewSet(OfChildren):
    """What is owed to the children whose record you may read."""

    reach = Reach.RECORD
    queryset = Deadline.objects.select_related("child__authority").order_by("due_on", "pk")
    serializer_class = DeadlineOut
    filterset_class = DeadlineFilter

    as_of: date | None = None

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.action != "list":
            return queryset
        asked = DeadlineFilter(self.request.query_params, queryset, request=self.request)
        if asked.is_valid():
            self.as_of = asked.day()
        return super().filter_queryset(queryset)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "as_of": self.as_of or self.on}

    def retrieve(self, request: Request, pk: str) -> Response:
        deadline = self.get_object()
        self.read(deadline.child, f"deadlines/{deadline.pk}", Depth.RECORD)
        return self.show_one(deadline)
