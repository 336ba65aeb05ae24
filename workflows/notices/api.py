"""Decisions, notices, the host's register and the differences in it, through the API."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.access.visibility import child_ids_visible_to
from backend.api.cases import (
    CaseSerializer,
    CaseViewSet,
    MatterSerializer,
    MatterViewSet,
    opens,
    takes,
)
from backend.api.fields import (
    LONG,
    AuthorityField,
    AuthorityName,
    ChildField,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingField,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.grammar.table import Table
from backend.records.models import Child, Placement
from workflows.notices import actions
from workflows.notices.models import (
    Approval,
    Basis,
    Condition,
    ConditionKind,
    Explanation,
    HasPlan,
    HomeNotice,
    HomeNoticeKind,
    HostNotice,
    Level,
    Line,
    Mismatch,
    MismatchKind,
    MonthlyReport,
    Notice,
    NoticeKind,
    Recipient,
    ReportRequest,
)
from workflows.notices.queries import register_of, sources_of
from workflows.notices.table import (
    APPROVALS,
    HOME_NOTICES,
    HOST_NOTICES,
    MISMATCHES,
    NOTICES,
    REPORT_REQUESTS,
)

LARGEST = 2**63 - 1


def states_of(table: Table) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(choices=[(str(state), state.label) for state in table.states])


def number_field(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=LARGEST, **options)


# Approvals


class AskForm(Form):
    """Where the child is to live, and why there. With a placement, where it is."""

    child = ChildField()
    placement = number_field(required=False, allow_null=True)
    setting = SettingField(required=False, allow_null=True)
    host_authority = AuthorityField(required=False, allow_null=True, allow_blank=True)
    starts_on = Day(required=False, allow_null=True)
    needs = serializers.CharField()
    why_here = serializers.CharField()
    is_emergency = serializers.BooleanField(default=False)
    emergency_reason = serializers.CharField(**LONG)


class ConditionForm(Form):
    """One condition, with its evidence."""

    kind = serializers.ChoiceField(choices=ConditionKind.choices)
    evidence = serializers.CharField()
    satisfied_on = Day()
    was_not_appropriate = serializers.BooleanField(default=False)


class DecideForm(Form):
    """The day it was decided; today when it is not said."""

    decided_on = Day(required=False, allow_null=True)


class ConditionSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Condition
        fields = ("kind", "evidence", "was_not_appropriate", "satisfied_on", "by")


class ApprovalSerializer(CaseSerializer):
    """A decision on a placement outside the area, with what was done for it."""

    host_authority = AuthorityName(read_only=True)
    asked_by = PersonName(read_only=True)
    decided_by = PersonName(read_only=True, allow_null=True)
    conditions = ConditionSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Approval
        fields = (
            *CaseSerializer.Meta.fields,
            "setting",
            "where",
            "host_authority",
            "level",
            "starts_on",
            "needs",
            "why_here",
            "is_emergency",
            "emergency_reason",
            "asked_by",
            "decided_by",
            "decided_on",
            "was_emergency",
            "completed_on",
            "reason",
            "conditions",
        )


class ApprovalFilter(Filter):
    child = IdFilter(field_name="child_id")
    placement = IdFilter(field_name="placement_id")
    state = states_of(APPROVALS)
    level = filters.ChoiceFilter(choices=Level.choices)
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    ordering = Order(fields=("starts_on", "opened_at"))

    class Meta:
        model = Approval
        fields: list[str] = []


def placement_of(child: Child, number: int | None) -> Placement | None:
    """:raises FactRefused: no placement of this child has that number."""
    if number is None:
        return None
    rows = Placement.objects.select_related("setting", "host_authority")
    found = rows.filter(child=child, pk=number).first()
    if found is None:
        raise FactRefused("This is no placement of this child.", field="placement")
    return found


class ApprovalViewSet(CaseViewSet):
    """Decisions on placements outside the area of the child's own authority."""

    queryset = (
        Approval.objects.select_related("child", "host_authority", "asked_by", "decided_by")
        .prefetch_related("conditions__by")
        .order_by("-pk")
    )
    serializer_class = ApprovalSerializer
    filterset_class = ApprovalFilter
    room = APPROVALS.name

    @opens("ask", AskForm)
    def ask(self, facts: dict[str, Any]) -> Approval:
        """Asks for approval: of the director where the placement is at a distance."""
        placement = placement_of(facts["child"], facts.pop("placement", None))
        return actions.ask_approval(placement=placement, **facts, by=self.person, at=self.at)

    @takes("satisfy", ConditionForm)
    def satisfy(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Records what was done for one of the conditions."""
        return actions.satisfy_condition(approval=approval, **facts, **self.how())

    @takes("approve", DecideForm)
    def approve(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Approves a placement outside the area."""
        return actions.approve_placement(approval=approval, **facts, **self.how())

    @takes("approve_distant", DecideForm)
    def approve_distant(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Approves a placement at a distance."""
        return actions.approve_placement(approval=approval, **facts, **self.how())

    @takes("approve_emergency", DecideForm)
    def approve_emergency(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Approves a placement in an emergency; the rest follows."""
        return actions.approve_emergency(approval=approval, **facts, **self.how())

    @takes("approve_distant_emergency", DecideForm)
    def approve_distant_emergency(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Approves a placement at a distance in an emergency; the rest follows."""
        return actions.approve_emergency(approval=approval, **facts, **self.how())

    @takes("complete", NothingForm)
    def complete(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Completes an approval that was given in an emergency."""
        return actions.complete_approval(approval=approval, **self.how())

    @takes("refuse", ReasonForm)
    def refuse(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Refuses to approve a placement outside the area."""
        return actions.refuse_placement(approval=approval, **facts, **self.how())

    @takes("refuse_distant", ReasonForm)
    def refuse_distant(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Refuses to approve a placement at a distance."""
        return actions.refuse_placement(approval=approval, **facts, **self.how())

    @takes("withdraw", ReasonForm)
    def withdraw(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Withdraws a request for approval."""
        return actions.withdraw_request(approval=approval, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, approval: Approval, facts: dict[str, Any]) -> Approval:
        """Marks a decision as entered in error."""
        return actions.void_approval(approval=approval, **facts, **self.how())


# Notices


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


# What the host authority has


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


class HomeNoticeForm(Form):
    """What the home must say of a child who came or left."""

    setting = SettingField()
    kind = serializers.ChoiceField(choices=HomeNoticeKind.choices)
    name = serializers.CharField(max_length=200)
    date_of_birth = Day()
    happened_on = Day()
    basis = serializers.ChoiceField(choices=Basis.choices)
    placing_authority = AuthorityField(required=False, allow_null=True, allow_blank=True)
    authority_contact = serializers.CharField(max_length=300)
    iro_contact = serializers.CharField(max_length=300)
    has_ehc_plan = serializers.ChoiceField(choices=HasPlan.choices)
    ehc_authority = AuthorityField(required=False, allow_null=True, allow_blank=True)
    sent_on = Day(required=False, allow_null=True)
    came_on_paper = serializers.BooleanField(default=False)


class MatchForm(Form):
    placement = number_field()


class HomeNoticeSerializer(MatterSerializer):
    """A home's notice that a child came, or left."""

    setting = SettingName(read_only=True)
    child = ChildName(read_only=True, allow_null=True)
    placing_authority = AuthorityName(read_only=True, allow_null=True)
    ehc_authority = AuthorityName(read_only=True, allow_null=True)
    sent_by = PersonName(read_only=True)
    acknowledged_by = PersonName(read_only=True, allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = HomeNotice
        fields = (
            *MatterSerializer.Meta.fields,
            "kind",
            "setting",
            "name",
            "date_of_birth",
            "happened_on",
            "basis",
            "placing_authority",
            "authority_contact",
            "iro_contact",
            "has_ehc_plan",
            "ehc_authority",
            "sent_on",
            "sent_by",
            "came_on_paper",
            "child",
            "placement",
            "acknowledged_by",
            "acknowledged_at",
            "reason",
        )


class HomeNoticeFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    child = IdFilter(field_name="child_id")
    kind = filters.ChoiceFilter(choices=HomeNoticeKind.choices)
    state = states_of(HOME_NOTICES)
    ordering = Order(fields=("happened_on", "sent_on"))

    class Meta:
        model = HomeNotice
        fields: list[str] = []


class HomeNoticeViewSet(MatterViewSet):
    """The notices that homes give the authority of their area."""

    matters = HOME_NOTICES.name
    queryset = HomeNotice.objects.select_related(
        "setting", "child", "placing_authority", "ehc_authority", "sent_by", "acknowledged_by"
    ).order_by("-happened_on", "-pk")
    serializer_class = HomeNoticeSerializer
    filterset_class = HomeNoticeFilter
    room = HOME_NOTICES.name

    @opens("send", HomeNoticeForm)
    def send(self, facts: dict[str, Any]) -> HomeNotice:
        """Gives the host authority the home's notice."""
        return actions.send_home_notice(**facts, by=self.person, at=self.at)

    @takes("match", MatchForm)
    def match(self, notice: HomeNotice, facts: dict[str, Any]) -> HomeNotice:
        """Says which placed child the notice is about."""
        seen = Placement.objects.filter(
            setting=notice.setting, child__in=child_ids_visible_to(self.person, Depth.CARD)
        )
        placement = seen.filter(pk=facts["placement"]).first()
        if placement is None:
            raise FactRefused(
                "There is no placement of that number in this home that you may see.",
                field="placement",
            )
        return actions.match_home_notice(notice=notice, placement=placement, **self.how())

    @takes("unmatch", NothingForm)
    def unmatch(self, notice: HomeNotice, facts: dict[str, Any]) -> HomeNotice:
        """Says that the notice is about somebody else."""
        return actions.unmatch_home_notice(notice=notice, **self.how())

    @takes("acknowledge", NothingForm)
    def acknowledge(self, notice: HomeNotice, facts: dict[str, Any]) -> HomeNotice:
        """Keeps that somebody of the host authority has it, by name."""
        return actions.acknowledge_home_notice(notice=notice, **self.how())

    @takes("void", ReasonForm)
    def void(self, notice: HomeNotice, facts: dict[str, Any]) -> HomeNotice:
        """Marks the home's notice as entered in error."""
        return actions.void_home_notice(notice=notice, **facts, **self.how())


# The register and what differs in it


class RegisterSerializer(serializers.ModelSerializer):
    """A child who lives in the area, who placed them, and which source says so."""

    child = ChildName()
    date_of_birth = serializers.DateField(source="child.date_of_birth")
    placing_authority = AuthorityName(source="child.authority")
    setting = SettingName(allow_null=True)
    where = serializers.CharField()
    authority_says = serializers.SerializerMethodField()
    home_says = serializers.SerializerMethodField()
    was_acknowledged = serializers.BooleanField()
    differs = serializers.BooleanField()

    class Meta:
        model = Placement
        fields = (
            "id",
            "child",
            "date_of_birth",
            "placing_authority",
            "setting",
            "where",
            "started_on",
            "is_at_a_distance",
            "authority_says",
            "home_says",
            "was_acknowledged",
            "differs",
        )

    @extend_schema_field(serializers.CharField())
    def get_authority_says(self, placement: Placement) -> str:
        return sources_of(placement).authority

    @extend_schema_field(serializers.CharField())
    def get_home_says(self, placement: Placement) -> str:
        return sources_of(placement).home


class RegisterFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    differs = filters.BooleanFilter()
    was_acknowledged = filters.BooleanFilter()
    ordering = Order(fields=("started_on",))

    class Meta:
        model = Placement
        fields: list[str] = []


class RegisterViewSet(OfChildren):
    """Every child placed in your area, whoever placed them; arrivals that only a home spoke of
    are among the home notices that are not matched."""

    reach = Reach.CARD
    queryset = Placement.objects.order_by("setting__name", "child__name", "pk")
    serializer_class = RegisterSerializer
    filterset_class = RegisterFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return register_of(self.person, self.on, rows)


class ExplainForm(Form):
    """What somebody knows of it; to correct what they said, its number."""

    words = serializers.CharField()
    corrects = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ExplanationSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Explanation
        fields = ("id", "by", "at", "words", "corrects")


class MismatchSerializer(MatterSerializer):
    """Two sources that do not say the same, and what came of it."""

    setting = SettingName(read_only=True)
    child = ChildName(read_only=True, allow_null=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    settled_by = PersonName(read_only=True, allow_null=True)
    explanations = ExplanationSerializer(many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = Mismatch
        fields = (
            *MatterSerializer.Meta.fields,
            "kind",
            "kind_label",
            "setting",
            "child",
            "placement",
            "home_notice",
            "found_on",
            "answered_on",
            "settled_on",
            "settled_by",
            "reason",
            "explanations",
        )


class MismatchFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    child = IdFilter(field_name="child_id")
    kind = filters.ChoiceFilter(choices=MismatchKind.choices)
    state = states_of(MISMATCHES)
    found_from = DayFilter(field_name="found_on", lookup_expr="gte")
    ordering = Order(fields=("found_on",))

    class Meta:
        model = Mismatch
        fields: list[str] = []


class MismatchViewSet(MatterViewSet):
    """Where an authority and a home do not say the same of where a child lives."""

    matters = MISMATCHES.name
    queryset = (
        Mismatch.objects.select_related("setting", "child", "settled_by")
        .prefetch_related("explanations__by")
        .order_by("-found_on", "-pk")
    )
    serializer_class = MismatchSerializer
    filterset_class = MismatchFilter
    room = MISMATCHES.name

    @takes("explain", ExplainForm)
    def explain(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Keeps what you know of why the two do not agree, or corrects what you said."""
        number = facts.pop("corrects", None)
        if number is not None:
            facts["corrects"] = mismatch.explanations.filter(pk=min(number, 2**62)).first()
            if facts["corrects"] is None:
                raise FactRefused("Choose something that you said here.", field="corrects")
        return actions.explain_mismatch(mismatch=mismatch, **facts, **self.how())

    @takes("settle", ReasonForm)
    def settle(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Settles a difference that stays as it is."""
        return actions.settle_mismatch(mismatch=mismatch, **facts, **self.how())

    @takes("reopen", NothingForm)
    def reopen(self, mismatch: Mismatch, facts: dict[str, Any]) -> Mismatch:
        """Opens a settled difference again."""
        return actions.reopen_mismatch(mismatch=mismatch, **self.how())


# Monthly reports


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
