"""What authorities are told, and what they answer."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.cases import MatterSerializer, MatterViewSet, takes
from backend.api.fields import (
    AuthorityName,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import Filter, Order
from workflows.lado import actions
from workflows.lado.api.answers import SeenNotificationSerializer
from workflows.lado.api.fields import PersonForm, RowField, WordsForm
from workflows.lado.models import AuthorityNotice, NoticeChild, NoticeShare
from workflows.lado.table import NOTICE_TABLE


class NoticeChildSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    answered_by = PersonName(read_only=True, allow_null=True)

    class Meta:
        model = NoticeChild
        fields = (
            "id",
            "child",
            "named_at",
            "answered_at",
            "answered_by",
            "was_seen_on",
            "what_was_done",
        )


class NoticeShareSerializer(serializers.ModelSerializer):
    person = PersonName(read_only=True)

    class Meta:
        model = NoticeShare
        fields = ("id", "person", "reason", "at", "ended_at")


class NoticeSerializer(MatterSerializer):
    """What an authority is told: where, what kind of harm, which of its own children."""

    authority = AuthorityName(read_only=True)
    host = AuthorityName(source="referral.authority", read_only=True)
    setting = SettingName(source="referral.setting", read_only=True, allow_null=True)
    workplace = serializers.CharField(source="referral.workplace", read_only=True)
    categories = serializers.SerializerMethodField()
    adult = serializers.SerializerMethodField(help_text="Empty until the LADO who leads shares it")
    children = NoticeChildSerializer(many=True, read_only=True)
    shares = NoticeShareSerializer(many=True, read_only=True)
    received_by = PersonName(read_only=True, allow_null=True)
    is_child_at_risk = serializers.BooleanField(source="referral.is_child_at_risk", read_only=True)
    home_notifications = SeenNotificationSerializer(
        source="referral.home_notifications",
        many=True,
        read_only=True,
        help_text="What the home itself notified under regulation 40, where the LADO saw it",
    )

    class Meta(MatterSerializer.Meta):
        model = AuthorityNotice
        fields = (
            *MatterSerializer.Meta.fields,
            "authority",
            "host",
            "kind",
            "setting",
            "workplace",
            "categories",
            "adult",
            "their_role",
            "is_child_at_risk",
            "home_notifications",
            "sent_at",
            "received_at",
            "received_by",
            "receipt_went_up_at",
            "answer_went_up_at",
            "children",
            "shares",
            "outcome_told",
        )

    def get_categories(self, notice: AuthorityNotice) -> list[str]:
        return sorted({each.get_category_display() for each in notice.referral.allegations.all()})

    def get_adult(self, notice: AuthorityNotice) -> str:
        return notice.referral.adult.name if notice.adult_named_at else ""


class NoticeFilter(Filter):
    state = filters.ChoiceFilter(
        choices=[(str(state), state.label) for state in NOTICE_TABLE.states]
    )
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    kind = filters.ChoiceFilter(choices=AuthorityNotice.Kind.choices)
    ordering = Order(fields=("sent_at",))

    class Meta:
        model = AuthorityNotice
        fields: list[str] = []


class AnswerForm(Form):
    """What was done about one child."""

    child = RowField(NoticeChild, "notice")
    what_was_done = serializers.CharField()
    was_seen_on = Day(required=False, allow_null=True)


class OutcomeForm(Form):
    outcome_told = serializers.CharField()


class UnshareNoticeForm(Form):
    share = RowField(NoticeShare, "notice")


class NoticeViewSet(MatterViewSet):
    """What authorities are told of adults who may harm their children."""

    matters = NOTICE_TABLE.name
    queryset = AuthorityNotice.objects.select_related(
        "authority",
        "received_by",
        "referral__authority",
        "referral__setting",
        "referral__adult",
    ).prefetch_related(
        "children__child",
        "children__answered_by",
        "shares__person",
        "referral__allegations",
        "referral__home_notifications",
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    @takes("receive", NothingForm)
    def receive(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Says by name that the authority has received this."""
        return actions.receive_notice(notice=notice, **self.how())

    @takes("answer", AnswerForm)
    def answer(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Says what was done about one child."""
        return actions.answer_for_child(notice=notice, **facts, **self.how())

    @takes("share", PersonForm)
    def share(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Lets a named person of the authority read this."""
        return actions.share_notice(notice=notice, **facts, **self.how())

    @takes("unshare", UnshareNoticeForm)
    def unshare(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Stops letting somebody read this."""
        return actions.stop_sharing_notice(notice=notice, **facts, **self.how())

    @takes("name_adult", ReasonForm)
    def name_adult(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Tells the authority who the adult is."""
        return actions.name_adult(notice=notice, **facts, **self.how())

    @takes("close", OutcomeForm)
    def close(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Tells the authority the outcome, and closes its notice."""
        return actions.close_notice(notice=notice, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Takes back a notice sent in error."""
        return actions.void_notice(notice=notice, **facts, **self.how())

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that the authority disagrees with what the LADO decided, and why."""
        notice = self.get_object()
        actions.challenge_decision(
            referral=notice.referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
