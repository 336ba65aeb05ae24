"""How the person wishes to be reached, and what may be chosen."""

from dataclasses import asdict, replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import Form
from backend.api.permissions import Reach
from backend.api.views import Endpoint
from backend.casework.preferences import set_preferences, wishes_of
from backend.notify.choosing import families
from backend.notify.models import Preference
from backend.notify.ways import offered


class PreferencesIn(Form):
    """What is to change; what is not named stays."""

    by_email = serializers.BooleanField(required=False)
    by_text = serializers.BooleanField(required=False, help_text="Needs a phone number")
    by_push = serializers.BooleanField(required=False)
    phone = serializers.CharField(
        required=False, allow_blank=True, max_length=30, help_text="A UK mobile number"
    )
    unwanted = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=100,
        help_text="Families of alerts that stay in the page",
    )
    quiet_from = serializers.TimeField(
        required=False, allow_null=True, help_text="The time in England; urgent alerts do not wait"
    )
    quiet_to = serializers.TimeField(required=False, allow_null=True)
    digest = serializers.ChoiceField(Preference.Every.choices, required=False)

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if not facts:
            raise serializers.ValidationError("Say what is to change.")
        return facts


class Family(serializers.Serializer):
    """A family of alerts."""

    value = serializers.CharField()
    label = serializers.CharField()


class PreferencesOut(serializers.Serializer):
    """How the person is reached."""

    by_email = serializers.BooleanField()
    by_text = serializers.BooleanField()
    by_push = serializers.BooleanField()
    phone = serializers.CharField()
    unwanted = serializers.ListField(child=serializers.CharField())
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_to = serializers.TimeField(allow_null=True)
    digest = serializers.CharField()
    families = Family(many=True)
    offered = serializers.ListField(
        child=serializers.CharField(), help_text="The ways that are set up here"
    )


class Preferences(Endpoint):
    """How you are reached. Urgent alerts go every way there is, at any hour."""

    reach = Reach.SIGNED_IN

    @extend_schema(responses=PreferencesOut)
    def get(self, request: Request) -> Response:
        return Response(self._shown())

    @extend_schema(request=PreferencesIn, responses=PreferencesOut)
    def patch(self, request: Request) -> Response:
        """Change how you are reached."""
        wishes = replace(wishes_of(self.person), **self.facts_of(PreferencesIn))
        set_preferences(person=self.person, wishes=wishes)
        return Response(self._shown())

    def _shown(self) -> dict[str, Any]:
        return PreferencesOut(
            {
                **asdict(wishes_of(self.person)),
                "families": [
                    {"value": value, "label": label} for value, label in families().items()
                ],
                "offered": sorted(str(way) for way in offered()),
            }
        ).data
