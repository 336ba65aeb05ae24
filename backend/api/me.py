"""Who I am here: the parts I play, for whom, and how my inbox stands."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Allocation, RoleAssignment
from backend.access.parts import current
from backend.api.permissions import Reach
from backend.api.views import Endpoint
from backend.grammar.roles import LABELS, Role
from backend.notify.inbox import cursor, unread


class Part(serializers.Serializer):
    """A part the person plays, and for what."""

    role = serializers.CharField()
    label = serializers.CharField()
    place = serializers.CharField(help_text="The team, authority or setting; empty for children")
    authority = serializers.CharField(allow_null=True, help_text="ONS code")
    team = serializers.IntegerField(allow_null=True, help_text="The number of the team")
    children = serializers.IntegerField(help_text="How many children are allocated in this part")


class MeOut(serializers.Serializer):
    """The person who asks."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    organisation = serializers.CharField()
    organisations = serializers.ListField(child=serializers.CharField())
    roles = Part(many=True)
    unread = serializers.IntegerField()
    cursor = serializers.IntegerField()


class Me(Endpoint):
    """The person who asks."""

    reach = Reach.SIGNED_IN

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        person = self.person
        roles = [*self._allocated(), *self._assigned()]
        places = [person.organisation, *(part["organisation"] for part in roles)]
        return Response(
            MeOut(
                {
                    "id": person.pk,
                    "name": person.name,
                    "email": person.email,
                    "organisation": person.organisation,
                    "organisations": list(dict.fromkeys(filter(None, places))),
                    "roles": roles,
                    "unread": unread(person),
                    "cursor": cursor(person),
                }
            ).data
        )

    def _allocated(self) -> list[dict[str, object]]:
        given = Allocation.objects.filter(current(self.on), person=self.person).order_by("role")
        counts: dict[str, int] = {}
        for role in given.values_list("role", flat=True):
            counts[role] = counts.get(role, 0) + 1
        return [
            _part(Role(role), place="", authority=None, team=None, organisation="", children=count)
            for role, count in counts.items()
        ]

    def _assigned(self) -> list[dict[str, object]]:
        held = RoleAssignment.objects.filter(current(self.on), person=self.person)
        parts = []
        for a in held.select_related("team__authority", "authority", "setting").order_by("pk"):
            authority = a.authority or (a.team.authority if a.team else None)
            parts.append(
                _part(
                    Role(a.role),
                    place=str(a.team or a.authority or a.setting),
                    authority=authority.code if authority else None,
                    team=a.team_id,
                    organisation=authority.name if authority else str(a.setting),
                    children=0,
                )
            )
        return parts


def _part(role: Role, **facts: object) -> dict[str, object]:
    return {"role": role.value, "label": LABELS[role], **facts}
