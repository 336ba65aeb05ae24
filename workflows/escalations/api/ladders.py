"""How concerns go up in each authority."""

from collections.abc import Iterable
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import LONG, AuthorityField, AuthorityName, Form, PersonName
from backend.api.filters import Filter
from backend.casework.errors import FactRefused
from workflows.escalations import actions
from workflows.escalations.api.fields import OpenToProfessionals
from workflows.escalations.ladders import Level, Rung, Use
from workflows.escalations.models import LadderInUse

MOST_DAYS = 60


class RungForm(Form):
    """One level of a ladder."""

    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(one) for one in Level]),
        min_length=1,
        max_length=3,
    )
    answer_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    receive_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=1)
    is_formal = serializers.BooleanField(default=True)


class LadderForm(Form):
    """A published ladder by its code, or the authority's own."""

    authority = AuthorityField()
    use = serializers.ChoiceField(choices=[(str(use), use.label) for use in Use])
    code = serializers.CharField(max_length=40, **LONG)
    name = serializers.CharField(max_length=200, **LONG)
    source = serializers.CharField(max_length=300, **LONG)  # type: ignore[assignment]
    rungs = RungForm(many=True, required=False)


class LadderSerializer(serializers.ModelSerializer):
    authority = AuthorityName(read_only=True)
    chosen_by = PersonName(read_only=True)

    class Meta:
        model = LadderInUse
        fields = (
            "id",
            "authority",
            "use",
            "code",
            "name",
            "source",
            "verified",
            "rungs",
            "chosen_by",
            "chosen_at",
        )


class LadderFilter(Filter):
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    use = filters.ChoiceFilter(choices=[(str(use), use.label) for use in Use])

    class Meta:
        model = LadderInUse
        fields: list[str] = []


class LadderViewSet(OpenToProfessionals):
    """How concerns go up in each authority that chose a ladder; others have the local default."""

    queryset = LadderInUse.objects.select_related("authority", "chosen_by")
    serializer_class = LadderSerializer
    filterset_class = LadderFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=LadderForm, responses={201: LadderSerializer})
    def create(self, request: Request) -> Response:
        """Chooses how concerns raised from now on go up."""
        facts = self.facts_of(LadderForm)
        facts["rungs"] = rungs_of(facts.pop("rungs", ()))
        row = actions.choose_ladder(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)


def rungs_of(given: Iterable[dict[str, Any]]) -> list[Rung]:
    """The rungs that were sent.

    :raises FactRefused: one that cannot be, such as receipt after the answer.
    """
    try:
        return [
            Rung(
                levels=tuple(Level(level) for level in one["levels"]),
                answer_days=one["answer_days"],
                receive_days=one["receive_days"],
                is_formal=one["is_formal"],
            )
            for one in given
        ]
    except ValueError as reason:
        raise FactRefused(str(reason), field="rungs") from None
