"""Placements: where children live and have lived, with what was recorded about the choice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.parts import parts_for_many
from backend.api.fields import (
    Action,
    AuthorityName,
    ChildField,
    ChildName,
    Day,
    Form,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.errors import FactRefused
from backend.casework.placing import PLACES_CHILDREN, correct_placement, end_placement, place_child
from backend.grammar.events import Depth
from backend.records.codes import LegalStatusCode, PlaceCode, PlacementBasis
from backend.records.models import Child, Placement, Setting


class PlacementFilter(Filter):
    """Whose, where, and when."""

    child = IdFilter(field_name="child_id")
    setting = IdFilter(field_name="setting_id")
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    is_open = filters.BooleanFilter(field_name="ended_on", lookup_expr="isnull")
    started_from = DayFilter(field_name="started_on", lookup_expr="gte")
    started_to = DayFilter(field_name="started_on", lookup_expr="lte")
    ordering = Order(fields=("started_on", "ended_on"))

    class Meta:
        model = Placement
        fields: list[str] = []


class PlacementOut(serializers.ModelSerializer):
    """One placement."""

    child = ChildName()
    where = serializers.CharField()
    setting = SettingName()
    host_authority = AuthorityName()
    place_label = serializers.CharField(source="get_place_display")
    actions = serializers.SerializerMethodField()

    class Meta:
        model = Placement
        fields = (
            "id",
            "child",
            "where",
            "setting",
            "place",
            "place_label",
            "basis",
            "started_on",
            "ended_on",
            "is_temporary",
            "carer_name",
            "postcode",
            "host_authority",
            "distance_miles",
            "is_in_area",
            "is_at_a_distance",
            "is_52_weeks",
            "intended_until_18",
            "permanence_decided_on",
            "options_sought",
            "could_live_nearer",
            "could_live_nearer_reason",
            "distant_approved_by",
            "distant_approved_on",
            "change_reason",
            "actions",
        )

    @extend_schema_field(Action(many=True))
    def get_actions(self, placement: Placement) -> list[dict[str, str]]:
        if not self.context["parts"].get(placement.child_id, frozenset()) & set(PLACES_CHILDREN):
            return []
        url = reverse("api-placements-detail", args=[placement.pk])
        actions = [{"name": "correct", "label": "Correct", "method": "PATCH", "url": url}]
        if placement.ended_on is None:
            actions.append(
                {"name": "end", "label": "End the placement", "method": "POST", "url": f"{url}end/"}
            )
        return actions


class Choice(Form):
    """What is recorded about a placement and why it was chosen."""

    setting = serializers.PrimaryKeyRelatedField(
        queryset=Setting.objects.all(),
        pk_field=serializers.IntegerField(),
        required=False,
        allow_null=True,
    )
    basis = serializers.ChoiceField(
        [choice for choice in PlacementBasis.choices if choice[0]], required=False, allow_blank=True
    )
    is_temporary = serializers.BooleanField(required=False)
    carer_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=8, required=False, allow_blank=True)
    is_52_weeks = serializers.BooleanField(required=False)
    intended_until_18 = serializers.BooleanField(required=False)
    permanence_decided_on = Day(required=False, allow_null=True)
    options_sought = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    could_live_nearer = serializers.BooleanField(required=False, allow_null=True)
    could_live_nearer_reason = serializers.CharField(
        max_length=20000, required=False, allow_blank=True
    )
    distant_approved_by = serializers.CharField(max_length=200, required=False, allow_blank=True)
    distant_approved_on = Day(required=False, allow_null=True)


class Place(Choice):
    """A new placement."""

    child = ChildField()
    started_on = Day()
    place = serializers.ChoiceField(PlaceCode.choices)
    legal_status = serializers.ChoiceField(LegalStatusCode.choices, required=False)
    considered = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="For a move within care: the proposed change that a review considered first",
    )
    not_considered_why = serializers.CharField(
        max_length=20000,
        required=False,
        allow_blank=True,
        help_text="For a move within care that no review considered: why that was not reasonably "
        "practicable",
    )


class Correct(Choice):
    """Facts of a placement that were wrong."""

    started_on = Day(required=False)
    ended_on = Day(required=False, allow_null=True)
    place = serializers.ChoiceField(PlaceCode.choices, required=False)


class End(Form):
    """When a placement ended, and why."""

    ended_on = Day()
    reason = serializers.CharField(max_length=6, required=False, allow_blank=True)


class PlacementViewSet(OfChildren):
    """Placements of the children whose record you may read."""

    reach = Reach.RECORD
    queryset = Placement.objects.select_related("child", "setting", "host_authority")
    serializer_class = PlacementOut
    filterset_class = PlacementFilter

    def show(self, rows: Iterable[Any]) -> list[Mapping[str, Any]]:
        placements = list(rows)
        children = {row.child_id: Child(pk=row.child_id) for row in placements}
        self.parts = parts_for_many(self.person, children.values(), self.on)
        return super().show(placements)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "parts": getattr(self, "parts", {})}

    def retrieve(self, request: Request, pk: str) -> Response:
        placement = self.get_object()
        self.read(placement.child, f"placements/{placement.pk}", Depth.RECORD)
        return self.show_one(placement)

    @extend_schema(request=Place, responses={201: PlacementOut})
    def create(self, request: Request) -> Response:
        """Record that a child lives somewhere new; an open placement ends that day."""
        placement = place_child(by=self.person, at=self.at, **self.facts_of(Place))
        response = self.show_one(placement, code=status.HTTP_201_CREATED)
        response["Location"] = reverse("api-placements-detail", args=[placement.pk])
        return response

    @extend_schema(request=Correct)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct facts of a placement; what is owed is counted again."""
        placement = self.get_object()
        changes = self.facts_of(Correct)
        if not changes:
            raise FactRefused("Say what is to be corrected.")
        corrected = correct_placement(
            placement=placement, changes=changes, by=self.person, at=self.at
        )
        return self.show_one(corrected)

    @extend_schema(request=End, filters=False)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Record that a placement ended."""
        ended = end_placement(
            placement=self.get_object(), by=self.person, at=self.at, **self.facts_of(End)
        )
        return self.show_one(ended)
