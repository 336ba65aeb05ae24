"""A person's own inbox: what they were told, what is unread, and what came since a cursor."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.matters import is_matter, seen_among
from backend.access.visibility import children_visible_to
from backend.api.fields import ChildName, Form, PersonName
from backend.api.filters import Filter, IdFilter
from backend.api.permissions import Reach
from backend.api.views import OfPerson
from backend.grammar.events import Depth
from backend.notify.inbox import cursor, mark_read, notifications_of, unread
from backend.notify.models import Notification


class NotificationFilter(Filter):
    """Read or not, and since when."""

    is_unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    since = IdFilter(
        field_name="number", lookup_expr="gt", help_text="Only what came after this cursor"
    )
    child = IdFilter(method="about_child")

    class Meta:
        model = Notification
        fields: list[str] = []

    def about_child(
        self, rows: QuerySet[Notification], name: str, value: int
    ) -> QuerySet[Notification]:
        """A child that the person may not see any more is as unknown as no child."""
        return rows.filter(child__in=children_visible_to(self.person).filter(pk=int(value)))


class NotificationOut(serializers.ModelSerializer):
    """One thing that the person was told."""

    child = serializers.SerializerMethodField(help_text="Empty when you may not see the child now")
    sentence = serializers.SerializerMethodField(help_text="Empty when you may not read it now")
    on_behalf_of = PersonName(allow_null=True, help_text="Who is on leave, and you stand in for")

    class Meta:
        model = Notification
        fields = (
            "number",
            "words",
            "about",
            "role",
            "on_behalf_of",
            "is_urgent",
            "told_at",
            "read_at",
            "child",
            "sentence",
            "deadline",
        )

    @extend_schema_field(ChildName(allow_null=True))
    def get_child(self, row: Notification) -> Any:
        seen = row.child is not None and row.child_id in self.context["cards"]
        return ChildName(row.child).data if seen else None

    def get_sentence(self, row: Notification) -> str:
        if is_matter(row.about):
            return row.event.sentence if row.about in self.context["cases"] else ""
        depth = row.event.depth
        readable = self.context["cards"] if depth == Depth.CARD else self.context["records"]
        return row.event.sentence if row.child_id in readable else ""


class Seen(Form):
    """Which notifications were seen: by number, or all up to a number."""

    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=1000,
    )
    up_to = serializers.IntegerField(min_value=0, max_value=2**63 - 1, required=False)

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if not facts:
            raise serializers.ValidationError("Say which: numbers, or all up to a number.")
        return facts


class InboxOut(serializers.Serializer):
    """How an inbox stands."""

    unread = serializers.IntegerField()
    cursor = serializers.IntegerField(help_text="The number of the newest notification")


class NotificationViewSet(OfPerson):
    """What you were told, newest first."""

    reach = Reach.SIGNED_IN
    queryset = Notification.objects.all()
    serializer_class = NotificationOut
    filterset_class = NotificationFilter
    lookup_field = "number"

    def rows(self) -> QuerySet[Notification]:
        return notifications_of(self.person)

    def show(self, rows: Iterable[Any]) -> list[Mapping[str, Any]]:
        told = list(rows)
        children = {row.child_id for row in told if row.child_id}
        cards, records = (
            set(
                children_visible_to(self.person, depth)
                .filter(pk__in=children)
                .values_list("pk", flat=True)
            )
            for depth in (Depth.CARD, Depth.RECORD)
        )
        cases = seen_among(self.person, {row.about for row in told})
        context = {**self.get_context(), "cards": cards, "records": records, "cases": cases}
        return NotificationOut(told, many=True, context=context).data  # type: ignore[return-value]

    def retrieve(self, request: Request, number: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(responses=InboxOut, filters=False)
    @action(detail=False, pagination_class=None)
    def inbox(self, request: Request) -> Response:
        """How many are unread, and up to where you have been told."""
        return Response(self._inbox())

    @extend_schema(request=Seen, responses=InboxOut, filters=False)
    @action(detail=False, methods=["post"], url_path="read")
    def seen(self, request: Request) -> Response:
        """Mark as seen."""
        facts = self.facts_of(Seen)
        wanted = Q(number__in=facts.get("numbers", []))
        if "up_to" in facts:
            wanted |= Q(number__lte=facts["up_to"])
        numbers = self.get_queryset().filter(wanted).values_list("number", flat=True)
        mark_read(person=self.person, numbers=numbers, at=self.at)
        return Response(self._inbox())

    def _inbox(self) -> dict[str, int]:
        return {"unread": unread(self.person), "cursor": cursor(self.person)}
