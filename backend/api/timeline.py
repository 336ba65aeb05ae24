"""What happened to a child, one sentence each, as deep as the reader may read."""

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.visibility import children_visible_to, depth_of, readable_by
from backend.api.filters import DayFilter, Filter, IdFilter
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.events.models import Event
from backend.records.models import Child


class EventFilter(Filter):
    """Whose timeline, what, and when."""

    child = IdFilter(field_name="child_id", required=True)
    name = filters.CharFilter(field_name="name", help_text="Such as visits.made")
    room = filters.CharFilter(
        field_name="name", lookup_expr="startswith", help_text="Such as visits"
    )
    about = filters.CharFilter(field_name="about", help_text="Such as visits/12")
    since = DayFilter(field_name="at", lookup_expr="date__gte")
    until = DayFilter(field_name="at", lookup_expr="date__lte")

    class Meta:
        model = Event
        fields: list[str] = []


class EventOut(serializers.ModelSerializer):
    """One thing that happened."""

    by = serializers.CharField(source="by_name")

    class Meta:
        model = Event
        fields = ("id", "name", "sentence", "at", "recorded_at", "by", "about", "depth")


class EventViewSet(OfChildren):
    """The timeline of one child, newest first."""

    reach = Reach.CARD
    queryset = Event.objects.order_by("-at", "-pk")
    serializer_class = EventOut
    filterset_class = EventFilter

    def filter_queryset(self, queryset: QuerySet[Event]) -> QuerySet[Event]:
        rows = super().filter_queryset(queryset)
        child = self.child()
        depth = depth_of(self.person, child)
        return rows.filter(readable_by(self.person, depth)) if depth else rows.none()

    def child(self) -> Child:
        """The child whose timeline it is.

        :raises Http404: no child that the person may know of.
        """
        number = self.request.query_params["child"]
        child = children_visible_to(self.person).filter(pk=int(number)).first()
        if child is None:
            raise Http404
        return child

    def list(self, request: Request) -> Response:
        response = super().list(request)
        child = self.child()
        self.read(child, f"children/{child.pk}/events", depth_of(self.person, child) or "")
        return response
