"""Leave: when the person is away, and who is told in their place."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.api.fields import Day, Form, NothingForm, PersonName
from backend.api.filters import DayFilter, Filter
from backend.api.permissions import Reach
from backend.api.views import OfPerson
from backend.casework.leave import end_leave, enter_leave, possible_deputies
from backend.notify.models import Leave


class LeaveFilter(Filter):
    """From or up to a day."""

    ends_from = DayFilter(field_name="ended_on", lookup_expr="gte")
    starts_to = DayFilter(field_name="started_on", lookup_expr="lte")

    class Meta:
        model = Leave
        fields: list[str] = []


class LeaveOut(serializers.ModelSerializer):
    """Days away."""

    deputy = PersonName(allow_null=True)

    class Meta:
        model = Leave
        fields = ("id", "started_on", "ended_on", "deputy", "entered_at")


class Colleague(serializers.PrimaryKeyRelatedField):
    """Somebody who may stand in; anybody else is as unknown as nobody."""

    default_error_messages = {
        "does_not_exist": "Choose a colleague who works for the same authority."
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Person.objects.none(), pk_field=serializers.IntegerField(), **options
        )

    def get_queryset(self) -> QuerySet[Person]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return Person.objects.none()
        return possible_deputies(view.person, view.on)

    def to_internal_value(self, data: Any) -> Person:
        try:
            return super().to_internal_value(data)  # type: ignore[no-any-return]
        except OverflowError:
            self.fail("does_not_exist", pk_value=data)


class LeaveIn(Form):
    """When you are away, and who is told in your place."""

    started_on = Day()
    ended_on = Day(help_text="The last day away")
    deputy = Colleague(
        allow_null=True, help_text="Without a deputy, whoever is above you is told at once"
    )


class LeaveViewSet(OfPerson):
    """Your leave."""

    reach = Reach.SIGNED_IN
    queryset = Leave.objects.select_related("deputy").order_by("-started_on", "-pk")
    serializer_class = LeaveOut
    filterset_class = LeaveFilter

    @extend_schema(request=LeaveIn, responses={201: LeaveOut})
    def create(self, request: Request) -> Response:
        """Enter leave."""
        leave = enter_leave(
            person=self.person, by=self.person, at=self.at, **self.facts_of(LeaveIn)
        )
        return self.show_one(leave, code=status.HTTP_201_CREATED)

    @extend_schema(request=NothingForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """You are back; leave that has not begun is struck out."""
        self.facts_of(NothingForm)
        end_leave(leave=self.get_object(), by=self.person, at=self.at)
        return Response(status=status.HTTP_204_NO_CONTENT)
