"""What homes tell the authority of their area."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.access.visibility import child_ids_visible_to
from backend.api.cases import MatterSerializer, MatterViewSet, opens, takes
from backend.api.fields import (
    AuthorityField,
    AuthorityName,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingField,
    SettingName,
)
from backend.api.filters import Filter, IdFilter, Order
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.records.models import Placement
from workflows.notices import actions
from workflows.notices.api.fields import number_field, states_of
from workflows.notices.models import Basis, HasPlan, HomeNotice, HomeNoticeKind
from workflows.notices.table import HOME_NOTICES


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
