"""Adults who may be in two referrals."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import ReasonForm
from backend.api.filters import Filter, Order
from backend.api.permissions import Reach
from backend.api.views import OfMatters
from workflows.lado import actions
from workflows.lado.models import AdultMatch, Referral
from workflows.lado.queries import leads_of, matches_visible_to, referrals_visible_to
from workflows.lado.table import TABLE


class MatchSerializer(serializers.ModelSerializer):
    """That two referrals may be about one adult, and whom to call about the other one."""

    answer = serializers.CharField(read_only=True)
    yours = serializers.SerializerMethodField(help_text="The referrals that you may read")
    call = serializers.SerializerMethodField(help_text="The LADOs of the referrals you may not")

    class Meta:
        model = AdultMatch
        fields = ("id", "because", "answer", "at", "yours", "call")

    def get_yours(self, match: AdultMatch) -> list[int]:
        seen = self.context["seen"]
        return [each.pk for each in _sides(match) if each.pk in seen]

    def get_call(self, match: AdultMatch) -> list[dict[str, str]]:
        seen, leads = self.context["seen"], self.context["leads"]
        return [
            {"authority": each.authority.name, "name": person.name, "email": person.email}
            for each in _sides(match)
            if each.pk not in seen
            for person in leads[each.authority_id]
        ]


def _sides(match: AdultMatch) -> tuple[Referral, Referral]:
    return match.one.referral, match.other.referral


class MatchFilter(Filter):
    answer = filters.ChoiceFilter(choices=AdultMatch.Answer.choices)
    ordering = Order(fields=("at",))

    class Meta:
        model = AdultMatch
        fields: list[str] = []


class MatchViewSet(OfMatters):
    """Adults who may be in two referrals. A person says whether they are one."""

    reach = Reach.CASE
    matters = TABLE.name
    queryset = AdultMatch.objects.select_related(
        "one__referral__authority", "other__referral__authority"
    )
    serializer_class = MatchSerializer
    filterset_class = MatchFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=matches_visible_to(self.person).values("pk"))

    def show(self, rows: Any) -> list[Mapping[str, Any]]:
        matches = list(rows)
        sides = [side for match in matches for side in _sides(match)]
        seen = referrals_visible_to(self.person).filter(pk__in=[side.pk for side in sides])
        self.beside = {
            "seen": set(seen.values_list("pk", flat=True)),
            "leads": leads_of((side.authority_id for side in sides), self.on),
        }
        return super().show(matches)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), **getattr(self, "beside", {})}

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=ReasonForm)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that both are about one adult."""
        return self._answer(actions.confirm_match)

    @extend_schema(request=ReasonForm)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Says that they are about two people."""
        return self._answer(actions.refuse_match)

    def _answer(self, act: Any) -> Response:
        match = self.get_object()
        act(match=match, **self.facts_of(ReasonForm), by=self.person, at=self.at)
        return self.show_one(self.queryset.get(pk=match.pk))
