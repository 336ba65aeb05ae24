"""The host's register, and where its two sources differ."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.cases import MatterSerializer, MatterViewSet, takes
from backend.api.fields import (
    AuthorityName,
    ChildName,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.errors import FactRefused
from backend.records.models import Placement
from workflows.notices import actions
from workflows.notices.api.fields import states_of
from workflows.notices.models import Explanation, Mismatch, MismatchKind
from workflows.notices.queries import register_of, sources_of
from workflows.notices.table import MISMATCHES


class RegisterSerializer(serializers.ModelSerializer):
    """A child who lives in the area, who placed them, and which source says so."""

    child = ChildName()
    date_of_birth = serializers.DateField(source="child.date_of_birth")
    placing_authority = AuthorityName(source="child.authority")
    setting = SettingName(allow_null=True)
    where = serializers.CharField()
    authority_says = serializers.SerializerMethodField()
    home_says = serializers.SerializerMethodField()
    was_acknowledged = serializers.BooleanField()
    differs = serializers.BooleanField()

    class Meta:
        model = Placement
        fields = (
            "id",
            "child",
            "date_of_birth",
            "placing_authority",
            "setting",
            "where",
            "started_on",
            "is_at_a_distance",
            "authority_says",
            "home_says",
            "was_acknowledged",
            "differs",
        )

    @extend_schema_field(serializers.CharField())
    def get_authority_says(self, placement: Placement) -> str:
        return sources_of(placement).authority

    @extend_schema_field(serializers.CharField())
    def get_home_says(self, placement: Placement) -> str:
        return sources_of(placement).home


class RegisterFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    differs = filters.BooleanFilter()
    was_acknowledged = filters.BooleanFilter()
    ordering = Order(fields=("started_on",))

    class Meta:
        model = Placement
        fields: list[str] = []


class RegisterViewSet(OfChildren):
    """Every child placed in your area, whoever placed them; arrivals that only a home spoke of
    are among the home notices that are not matched."""

    reach = Reach.CARD
    queryset = Placement.objects.order_by("setting__name", "child__name", "pk")
    serializer_class = RegisterSerializer
    filterset_class = RegisterFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return register_of(self.person, self.on, rows)


class ExplainForm(Form):
    """What somebody knows of it; to correct what they said, its number."""

    words = serializers.CharField()
    corrects = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ExplanationSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Explanation
        fields = ("id", "by", "at", "words", "corrects")


class MismatchSerializer(MatterSerializer):
    """Two sources that do not say the same, and what came of it."""

    setting = SettingName(read_only=True)
    child = ChildName(read_only=True, allow_null=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    settled_by = PersonName(read_only=True, allow_null=True)
    explanations = ExplanationSerializer(many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = Mismatch
        fields = (
            *MatterSerializer.Meta.fields,
            "kind",
            "kind_label",
            "setting",
            "child",
            "placement",
            "home_notice",
            "found_on",
            "answered_on",
            "settled_on",
            "settled_by",
            "reason",
            "explanations",
        )


class MismatchFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    child = IdFilter(field_name="child_id")
    kind = filters.ChoiceFilter(choices=MismatchKind.choices)
    state = states_of(MISMATCHES)
    found_from = DayFilter(field_name="found_on", lookup_expr="gte")
    ordering = Order(fields=("found_on",))

    class Meta:
        model = Mismatch
        fields: list[str] = []


class MismatchViewSet(MatterViewSet):
    """Where an authority and a home do not say the same of where a child lives."""

    matters = MISMATCHES.name
    queryset = (
        Mismatch.objects.select_related("setting", "child", "settled_by")
        .prefetch_related("explanations__by")
        .order_by("-found_on", "-pk")
    )
    serializer_class = MismatchSerializer
    filterset_class = MismatchFilter
    room = MISMATCHES.name

    @takes("explain", ExplainForm)
    def explain(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Keeps what you know of why the two do not agree, or corrects what you said."""
        number = facts.pop("corrects", None)
        if number is not None:
            facts["corrects"] = mismatch.explanations.filter(pk=min(number, 2**62)).first()
            if facts["corrects"] is None:
                raise FactRefused("Choose something that you said here.", field="corrects")
        return actions.explain_mismatch(mismatch=mismatch, **facts, **self.how())

    @takes("settle", ReasonForm)
    def settle(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Settles a difference that stays as it is."""
        return actions.settle_mismatch(mismatch=mismatch, **facts, **self.how())

    @takes("reopen", NothingForm)
    def reopen(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Opens a settled difference again."""
        return actions.reopen_mismatch(mismatch=mismatch, **self.how())
