"""Notices that a placement started or ended, and what the host authority was given."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.cases import CaseSerializer, CaseViewSet, MatterSerializer, MatterViewSet, takes
from backend.api.fields import (
    LONG,
    AuthorityName,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.casework.errors import FactRefused
from workflows.notices import actions
from workflows.notices.api.fields import number_field, states_of
from workflows.notices.models import HostNotice, Line, Notice, NoticeKind, Recipient
from workflows.notices.table import HOST_NOTICES, NOTICES


class LineForm(Form):
    line = number_field()


class SendForm(Form):
    """Those who were told on one day."""

    lines = serializers.ListField(
        child=number_field(), min_length=1, max_length=100, help_text="Numbers of lines"
    )
    sent_on = Day()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ToHostForm(Form):
    """What the notice to the host authority says."""

    sent_on = Day()
    needs = serializers.CharField(**LONG)
    why_here = serializers.CharField(**LONG)
    has_care_plan = serializers.BooleanField(default=False)


class NotToldForm(LineForm):
    """One who is not told, and why."""

    reason = serializers.CharField()


class RecipientForm(Form):
    recipient = serializers.ChoiceField(
        choices=[each for each in Recipient.choices if each[0] != Recipient.HOST]
    )
    name = serializers.CharField(max_length=200)


class PlansForm(Form):
    """The days of the plans, and who signed."""

    care_plan_on = Day(required=False, allow_null=True)
    placement_plan_on = Day(required=False, allow_null=True)
    placement_plan_signed_by = serializers.CharField(
        max_length=200, required=False, allow_blank=True
    )
    placement_plan_signed_on = Day(required=False, allow_null=True)


class LineSerializer(serializers.ModelSerializer):
    by = PersonName(allow_null=True)

    class Meta:
        model = Line
        fields = ("id", "recipient", "name", "outcome", "settled_on", "reason", "by")


class NoticeSerializer(CaseSerializer):
    """The notice of a placement or its end, with everybody who must be told."""

    lines = LineSerializer(many=True, read_only=True)
    host_notice = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        model = Notice
        fields = (
            *CaseSerializer.Meta.fields,
            "kind",
            "recorded_by",
            "is_emergency",
            "emergency_reason",
            "care_plan_on",
            "placement_plan_on",
            "placement_plan_signed_by",
            "placement_plan_signed_on",
            "finished_on",
            "reason",
            "lines",
            "host_notice",
        )

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_host_notice(self, notice: Notice) -> int | None:
        """The number of the notice that the host authority was given."""
        given = getattr(notice, "host_notice", None)
        return given.pk if given else None


class NoticeFilter(Filter):
    child = IdFilter(field_name="child_id")
    placement = IdFilter(field_name="placement_id")
    kind = filters.ChoiceFilter(choices=NoticeKind.choices)
    state = states_of(NOTICES)
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    ordering = Order(fields=("opened_at",))

    class Meta:
        model = Notice
        fields: list[str] = []


class NoticeViewSet(CaseViewSet):
    """Notices that placements started or ended; one opens by itself with each placement."""

    queryset = (
        Notice.objects.select_related("child", "placement__host_authority", "host_notice")
        .prefetch_related("lines__by")
        .order_by("-pk")
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    room = NOTICES.name

    def _line(self, notice: Notice, facts: dict[str, Any]) -> Line:
        line = Line.objects.filter(notice=notice, pk=facts.pop("line")).first()
        if line is None:
            raise FactRefused("This is no line of this notice.", field="line")
        return line

    @takes("send", SendForm)
    def send(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Records who of those who must be told was told on a day."""
        wanted = set(facts.pop("lines"))
        lines = list(Line.objects.filter(notice=notice, pk__in=wanted).order_by("pk"))
        if len(lines) != len(wanted):
            raise FactRefused("One of these is no line of this notice.", field="lines")
        return actions.send_notice(notice=notice, lines=lines, **facts, **self.how())

    @takes("send_to_host", ToHostForm)
    def send_to_host(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Sends the host authority its notice."""
        return actions.send_to_host(notice=notice, **facts, **self.how())

    @takes("withhold", NotToldForm)
    def withhold(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Keeps that somebody is not told, and why."""
        line = self._line(notice, facts)
        return actions.withhold_notice(notice=notice, line=line, **facts, **self.how())

    @takes("leave_out", NotToldForm)
    def leave_out(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Keeps that there is nobody of that kind to tell."""
        line = self._line(notice, facts)
        return actions.leave_out_recipient(notice=notice, line=line, **facts, **self.how())

    @takes("name_recipient", RecipientForm)
    def name_recipient(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Adds somebody who must be told as well."""
        return actions.name_recipient(notice=notice, **facts, **self.how())

    @takes("plan", PlansForm)
    def plan(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Records when the care plan and the placement plan were prepared."""
        return actions.record_plans(notice=notice, **facts, **self.how())

    @takes("mark_emergency", ReasonForm)
    def mark_emergency(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Records that the placement was made in an emergency."""
        return actions.mark_emergency(notice=notice, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, notice: Notice, facts: dict[str, Any]) -> Notice:
        """Marks a notice as entered in error."""
        return actions.void_notice(notice=notice, **facts, **self.how())


class HostNoticeSerializer(MatterSerializer):
    """A notice as the host authority was given it."""

    child = ChildName(read_only=True)
    kind = serializers.CharField(source="notice.kind", read_only=True)
    placing_authority = AuthorityName(source="child.authority", read_only=True)
    date_of_birth = serializers.DateField(source="child.date_of_birth", read_only=True)
    where = serializers.CharField(source="placement.where", read_only=True)
    started_on = serializers.DateField(source="placement.started_on", read_only=True)
    ended_on = serializers.DateField(source="placement.ended_on", read_only=True, allow_null=True)
    host_authority = AuthorityName(read_only=True)
    sent_by = PersonName(read_only=True)
    acknowledged_by = PersonName(read_only=True, allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = HostNotice
        fields = (
            *MatterSerializer.Meta.fields,
            "kind",
            "child",
            "date_of_birth",
            "placing_authority",
            "host_authority",
            "where",
            "started_on",
            "ended_on",
            "needs",
            "why_here",
            "has_care_plan",
            "sent_on",
            "sent_by",
            "acknowledged_by",
            "acknowledged_at",
        )


class HostNoticeFilter(Filter):
    child = IdFilter(field_name="child_id")
    setting = IdFilter(field_name="placement__setting_id")
    state = states_of(HOST_NOTICES)
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    sent_from = DayFilter(field_name="sent_on", lookup_expr="gte")
    ordering = Order(fields=("sent_on",))

    class Meta:
        model = HostNotice
        fields: list[str] = []


class HostNoticeViewSet(MatterViewSet):
    """Notices that a placing authority gave the host authority."""

    matters = HOST_NOTICES.name
    queryset = HostNotice.objects.select_related(
        "notice",
        "child__authority",
        "placement__setting",
        "host_authority",
        "sent_by",
        "acknowledged_by",
    ).order_by("-sent_on", "-pk")
    serializer_class = HostNoticeSerializer
    filterset_class = HostNoticeFilter
    room = HOST_NOTICES.name

    @takes("acknowledge", NothingForm)
    def acknowledge(self, notice: HostNotice, facts: dict[str, Any]) -> HostNotice:
        """Keeps that somebody of the host authority has it, by name."""
        return actions.acknowledge_notice(notice=notice, **self.how())
