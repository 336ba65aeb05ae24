"""Decisions on placements outside the area."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.api.cases import CaseSerializer, CaseViewSet, opens, takes
from backend.api.fields import (
    LONG,
    AuthorityField,
    AuthorityName,
    ChildField,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingField,
)
from backend.api.filters import Filter, IdFilter, Order
from backend.casework.errors import FactRefused
from backend.records.models import Child, Placement
from workflows.notices import actions
from workflows.notices.api.fields import number_field, states_of
from workflows.notices.models import Approval, Condition, ConditionKind, Level
from workflows.notices.table import APPROVALS


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
