"""What homes notify under regulation 40."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import Form, Moment, PersonName, SettingName
from backend.api.filters import Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfMatters
from workflows.lado import actions
from workflows.lado.api.fields import LONG, KnownSettingField, RowField
from workflows.lado.models import HomeNotification, Referral
from workflows.lado.queries import notifications_visible_to, referrals_visible_to
from workflows.lado.table import TABLE


class HomeNotificationForm(Form):
    """What the home notified, when, and whom."""

    setting = KnownSettingField()
    kind = serializers.ChoiceField(choices=HomeNotification.Kind.choices)
    happened_at = Moment()
    notified_at = Moment()
    recipients = serializers.MultipleChoiceField(choices=HomeNotification.Recipient.choices)
    words = serializers.CharField(**LONG)


class ReferralField(RowField):
    """A referral that the person may read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Referral, "", **options)

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return Referral.objects.none()
        return referrals_visible_to(view.person)


class ToReferralForm(Form):
    referral = ReferralField()


class HomeNotificationSerializer(serializers.ModelSerializer):
    """A notification under regulation 40. Whether it was matched is the LADO's to know."""

    setting = SettingName(read_only=True)
    recorded_by = PersonName(read_only=True)

    class Meta:
        model = HomeNotification
        fields = (
            "id",
            "setting",
            "kind",
            "happened_at",
            "notified_at",
            "recipients",
            "words",
            "seen_by",
            "recorded_by",
            "recorded_at",
        )


class HomeNotificationFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    kind = filters.ChoiceFilter(choices=HomeNotification.Kind.choices)
    ordering = Order(fields=("happened_at", "notified_at"))

    class Meta:
        model = HomeNotification
        fields: list[str] = []


class HomeNotificationViewSet(OfMatters):
    """What homes told the regulator and others: a home's own, and for a LADO those of the area."""

    reach = Reach.CASE
    matters = TABLE.name
    queryset = HomeNotification.objects.select_related("setting", "recorded_by")
    serializer_class = HomeNotificationSerializer
    filterset_class = HomeNotificationFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=notifications_visible_to(self.person, self.on).values("pk"))

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=HomeNotificationForm, responses={201: HomeNotificationSerializer})
    def create(self, request: Request) -> Response:
        """Keeps that the home notified, or that the LADO saw it."""
        facts = self.facts_of(HomeNotificationForm)
        notification = actions.record_home_notification(**facts, by=self.person, at=self.at)
        return self.show_one(notification, code=status.HTTP_201_CREATED)

    @extend_schema(request=ToReferralForm)
    @action(detail=True, methods=["post"])
    def match(self, request: Request, pk: str) -> Response:
        """Says which referral it belongs to."""
        notification = self.get_object()
        matched = actions.match_home_notification(
            notification=notification, **self.facts_of(ToReferralForm), by=self.person, at=self.at
        )
        return self.show_one(matched)
