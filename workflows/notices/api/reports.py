"""The standing requests for monthly reports."""

from typing import Any

from rest_framework import serializers

from backend.api.cases import MatterSerializer, MatterViewSet, opens, takes
from backend.api.fields import (
    LONG,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingField,
    SettingName,
)
from backend.api.filters import Filter, IdFilter, Order
from workflows.notices import actions
from workflows.notices.api.fields import states_of
from workflows.notices.models import MonthlyReport, ReportRequest
from workflows.notices.table import REPORT_REQUESTS


class AskReportsForm(Form):
    setting = SettingField()
    why = serializers.CharField(**LONG)


class ReportForm(Form):
    """A month's report, and what it says in short."""

    month = Day(help_text="Any day of the month that the report is about")
    received_on = Day()
    visited_on = Day(required=False, allow_null=True)
    is_safeguarded = serializers.BooleanField(required=False, allow_null=True)
    summary = serializers.CharField(**LONG)


class MonthlyReportSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = MonthlyReport
        fields = ("month", "visited_on", "received_on", "is_safeguarded", "summary", "by")


class ReportRequestSerializer(MatterSerializer):
    """The host authority's standing request to one home, with the reports that came."""

    setting = SettingName(read_only=True)
    asked_by = PersonName(read_only=True)
    answered_by = PersonName(read_only=True, allow_null=True)
    reports = MonthlyReportSerializer(many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = ReportRequest
        fields = (
            *MatterSerializer.Meta.fields,
            "setting",
            "why",
            "asked_by",
            "asked_on",
            "answered_by",
            "answered_on",
            "agreed_on",
            "ended_on",
            "reason",
            "reports",
        )


class ReportRequestFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    state = states_of(REPORT_REQUESTS)
    ordering = Order(fields=("asked_on",))

    class Meta:
        model = ReportRequest
        fields: list[str] = []


class ReportRequestViewSet(MatterViewSet):
    """Standing requests for the monthly reports of independent visitors."""

    matters = REPORT_REQUESTS.name
    queryset = (
        ReportRequest.objects.select_related("setting", "asked_by", "answered_by")
        .prefetch_related("reports__by")
        .order_by("-asked_on", "-pk")
    )
    serializer_class = ReportRequestSerializer
    filterset_class = ReportRequestFilter
    room = REPORT_REQUESTS.name

    @opens("ask", AskReportsForm)
    def ask(self, facts: dict[str, Any]) -> ReportRequest:
        """Asks a home of your area for its monthly reports."""
        return actions.ask_for_reports(**facts, by=self.person, at=self.at)

    @takes("agree", NothingForm)
    def agree(self, request: ReportRequest, facts: dict[str, Any]) -> ReportRequest:
        """Agrees to send them."""
        return actions.agree_to_reports(request=request, **self.how())

    @takes("refuse", ReasonForm)
    def refuse(self, request: ReportRequest, facts: dict[str, Any]) -> ReportRequest:
        """Refuses to send them."""
        return actions.refuse_reports(request=request, **facts, **self.how())

    @takes("receive", ReportForm)
    def receive(self, request: ReportRequest, facts: dict[str, Any]) -> ReportRequest:
        """Records a month's report."""
        return actions.receive_report(request=request, **facts, **self.how())

    @takes("withdraw", ReasonForm)
    def withdraw(self, request: ReportRequest, facts: dict[str, Any]) -> ReportRequest:
        """Withdraws the request."""
        return actions.withdraw_request_for_reports(request=request, **facts, **self.how())
