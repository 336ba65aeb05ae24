"""What several forms of this room ask alike, and who reads what is open to all."""

from typing import Any

from django.db.models import QuerySet

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.api.fields import KnownField
from backend.api.permissions import Reach
from backend.api.views import OfPerson
from backend.records.models import Setting
from workflows.escalations import queries


class HomeField(KnownField):
    """A home the person may know of."""

    model = Setting

    def known(self, person: Person) -> QuerySet[Any]:
        return queries.homes_known_to(person).select_related("host_authority")


class OpenToProfessionals(OfPerson):
    """Rows open to everybody who plays a part for somebody; to nobody else."""

    reach = Reach.SIGNED_IN

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if roles_held(self.person, self.on) else rows.none()
