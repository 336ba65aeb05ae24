"""Contact plans, what took place, and the outside eyes on each setting."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.access.visibility import child_ids_visible_to, depth_of
from backend.api.cases import CaseSerializer, CaseViewSet, opens, takes
from backend.api.fields import (
    LONG,
    ChildField,
    ChildName,
    Day,
    Form,
    KnownField,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren, OfSettings
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.records.codes import EvidenceSource
from backend.records.models import Relative, Setting
from workflows.contact import actions
from workflows.contact.models import (
    Contact,
    ContactPlan,
    Outcome,
    Suspension,
    Way,
    Where,
    Who,
    WhyNot,
)
from workflows.contact.queries import (
    contacts_visible_to,
    footfall_of,
    plans_visible_to,
    settings_with_footfall_for,
)
from workflows.contact.table import TABLE

MOST_MONTHS = 36


class PlanField(KnownField):
    """A contact plan that the person may read of; any other is as unknown as none at all."""

    model = ContactPlan
    default_error_messages = {"does_not_exist": "There is no plan {pk_value} that you may see."}

    def known(self, person: Person) -> QuerySet[ContactPlan]:
        return plans_visible_to(person).select_related("relative")


class RelativeField(KnownField):
    """Somebody in the life of a child whose record the person may read."""

    model = Relative
    default_error_messages = {"does_not_exist": "There is nobody {pk_value} that you may see."}

    def known(self, person: Person) -> QuerySet[Relative]:
        return Relative.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


class AgreeForm(Form):
    """What was agreed about one person in a child's life."""

    child = ChildField()
    relative = RelativeField()
    way = serializers.ChoiceField(choices=Way.choices)
    every_days = serializers.IntegerField(min_value=1, max_value=366)
    started_on = Day()
    agreed_by = serializers.CharField()
    childs_wish = serializers.CharField()
    is_supervised = serializers.BooleanField(default=False)
    restricted_by_order = serializers.BooleanField(default=False)
    restriction = serializers.CharField(**LONG)


class SuspendForm(Form):
    """From when, why, and who decided it."""

    started_on = Day()
    reason = serializers.CharField()


class ResumeForm(Form):
    resumed_on = Day()


class EndForm(Form):
    ended_on = Day()
    reason = serializers.CharField()


class RelativeSerializer(serializers.ModelSerializer):
    """Somebody in a child's life."""

    child = ChildName(read_only=True)

    class Meta:
        model = Relative
        fields = (
            "id",
            "child",
            "name",
            "relationship",
            "has_parental_responsibility",
            "contact_restricted",
        )


class SuspensionSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Suspension
        fields = ("started_on", "ended_on", "reason", "by")


class PersonClose(serializers.ModelSerializer):
    """Who it is to the child."""

    class Meta:
        model = Relative
        fields = ("id", "name", "relationship")


class PlanSerializer(CaseSerializer):
    """A contact plan with the times it was set aside."""

    relative = PersonClose(read_only=True)
    suspensions = SuspensionSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        model = ContactPlan
        fields = (
            *CaseSerializer.Meta.fields,
            "relative",
            "way",
            "every_days",
            "started_on",
            "ended_on",
            "agreed_by",
            "childs_wish",
            "is_supervised",
            "restricted_by_order",
            "restriction",
            "suspensions",
            "reason",
        )


class PlanFilter(Filter):
    child = IdFilter(field_name="child_id")
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    way = filters.ChoiceFilter(choices=Way.choices)
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    ordering = Order(fields=("started_on", "every_days"))

    class Meta:
        model = ContactPlan
        fields: list[str] = []


class PlanViewSet(CaseViewSet):
    """How children keep in touch with the people who matter to them."""

    queryset = ContactPlan.objects.select_related("child", "relative").prefetch_related(
        "suspensions__by"
    )
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    room = TABLE.room

    @opens("agree", AgreeForm)
    def agree(self, facts: dict[str, Any]) -> ContactPlan:
        """Keeps what was agreed about contact with one person."""
        return actions.agree_plan(**facts, by=self.person, at=self.at)

    @takes("suspend", SuspendForm)
    def suspend(self, plan: ContactPlan, facts: dict[str, Any]) -> ContactPlan:
        """Sets a plan aside for a time."""
        return actions.suspend_plan(plan=plan, **facts, **self.how())

    @takes("resume", ResumeForm)
    def resume(self, plan: ContactPlan, facts: dict[str, Any]) -> ContactPlan:
        """Takes a plan up again."""
        return actions.resume_plan(plan=plan, **facts, **self.how())

    @takes("end", EndForm)
    def end(self, plan: ContactPlan, facts: dict[str, Any]) -> ContactPlan:
        """Ends a plan."""
        return actions.end_plan(plan=plan, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, plan: ContactPlan, facts: dict[str, Any]) -> ContactPlan:
        """Marks a plan as entered in error."""
        return actions.void_plan(plan=plan, **facts, **self.how())


class RelativeForm(Form):
    """Somebody of the child's family, or close to them."""

    child = ChildField()
    name = serializers.CharField(max_length=200)
    relationship = serializers.CharField(max_length=100)
    has_parental_responsibility = serializers.BooleanField(default=False)
    contact_restricted = serializers.BooleanField(default=False)


class RelativeFilter(Filter):
    child = IdFilter(field_name="child_id")

    class Meta:
        model = Relative
        fields: list[str] = []


class RelativeViewSet(OfChildren):
    """The people in children's lives."""

    reach = Reach.RECORD
    queryset = Relative.objects.select_related("child").order_by("name", "pk")
    serializer_class = RelativeSerializer
    filterset_class = RelativeFilter

    @extend_schema(request=RelativeForm, responses={201: RelativeSerializer})
    def create(self, request: Request) -> Response:
        """Puts somebody close to the child on the record."""
        relative = actions.name_relative(**self.facts_of(RelativeForm), by=self.person, at=self.at)
        return self.show_one(relative, code=status.HTTP_201_CREATED)


class WhoForm(Form):
    """Who was, or was to be, in touch, and how."""

    who = serializers.ChoiceField(choices=Who.choices)
    name = serializers.CharField(max_length=200)
    way = serializers.ChoiceField(choices=Way.choices)
    on = Day()


class TookPlaceForm(WhoForm):
    """A contact that took place, and how it is known."""

    where = serializers.ChoiceField(choices=Where.choices, required=False, allow_blank=True)
    source = serializers.ChoiceField(choices=EvidenceSource.choices)  # type: ignore[assignment]
    how_it_was = serializers.CharField(**LONG)
    was_supervised = serializers.BooleanField(required=False, allow_null=True)


class DidNotForm(WhoForm):
    """A contact that did not take place, and whose decision that was."""

    why_not = serializers.ChoiceField(choices=WhyNot.choices)
    reason = serializers.CharField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=EvidenceSource.choices, required=False, allow_blank=True
    )


class NewTookPlaceForm(TookPlaceForm):
    child = ChildField(depth=Depth.CARD)
    plan = PlanField(required=False, allow_null=True)


class NewDidNotForm(DidNotForm):
    child = ChildField(depth=Depth.CARD)
    plan = PlanField(required=False, allow_null=True)


class ArrangeForm(WhoForm):
    """A contact that is planned."""

    child = ChildField(depth=Depth.CARD)
    plan = PlanField(required=False, allow_null=True)
    where = serializers.ChoiceField(choices=Where.choices, required=False, allow_blank=True)


class LinkForm(Form):
    plan = PlanField()


class ContactSerializer(serializers.ModelSerializer):
    """One contact, planned or settled."""

    child = ChildName(read_only=True)
    recorded_by = PersonName(read_only=True)

    class Meta:
        model = Contact
        fields = (
            "id",
            "child",
            "plan",
            "who",
            "name",
            "way",
            "where",
            "on",
            "outcome",
            "how_it_was",
            "was_supervised",
            "source",
            "why_not",
            "reason",
            "recorded_by",
            "recorded_at",
        )


class ContactFilter(Filter):
    child = IdFilter(field_name="child_id")
    plan = IdFilter(field_name="plan_id")
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    who = filters.ChoiceFilter(choices=Who.choices)
    way = filters.ChoiceFilter(choices=Way.choices)
    setting = IdFilter(field_name="placement__setting_id")
    on_from = DayFilter(field_name="on", lookup_expr="gte")
    on_to = DayFilter(field_name="on", lookup_expr="lte")
    ordering = Order(fields=("on", "recorded_at"))

    class Meta:
        model = Contact
        fields: list[str] = []


class ContactViewSet(OfChildren):
    """Contacts, planned and settled. A setting sees its own entries and what is planned there."""

    # A card opens no log: ``visible`` leaves a reader of cards their own entries and plans.
    reach = Reach.CARD
    queryset = Contact.objects.select_related("child", "recorded_by").order_by("-on", "-pk")
    serializer_class = ContactSerializer
    filterset_class = ContactFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=contacts_visible_to(self.person).values("pk"))

    def retrieve(self, request: Request, pk: str) -> Response:
        contact = self.get_object()
        depth = depth_of(self.person, contact.child) or Depth.CARD
        self.read(contact.child, contact.about, depth)
        return self.show_one(contact)

    @extend_schema(request=NewTookPlaceForm, responses={201: ContactSerializer})
    def create(self, request: Request) -> Response:
        """Records a contact that took place."""
        return self._new(actions.record_contact, NewTookPlaceForm)

    @extend_schema(request=ArrangeForm, responses={201: ContactSerializer})
    @action(detail=False, methods=["post"])
    def arrange(self, request: Request) -> Response:
        """Keeps that a contact is planned."""
        return self._new(actions.arrange_contact, ArrangeForm)

    @extend_schema(
        operation_id="contacts_open_miss",
        request=NewDidNotForm,
        responses={201: ContactSerializer},
    )
    @action(detail=False, methods=["post"], url_path="miss", url_name="open-miss")
    def miss_new(self, request: Request) -> Response:
        """Records that a contact nobody had planned here did not take place."""
        return self._new(actions.miss_contact, NewDidNotForm)

    @extend_schema(request=TookPlaceForm)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, pk: str) -> Response:
        """Records that a planned contact took place."""
        return self._settle(actions.record_contact, TookPlaceForm)

    @extend_schema(request=DidNotForm)
    @action(detail=True, methods=["post"])
    def miss(self, request: Request, pk: str) -> Response:
        """Records that a planned contact did not take place."""
        return self._settle(actions.miss_contact, DidNotForm)

    @extend_schema(request=LinkForm)
    @action(detail=True, methods=["post"])
    def link(self, request: Request, pk: str) -> Response:
        """Puts a contact under a plan."""
        return self._change(actions.link_contact, LinkForm)

    @extend_schema(request=ReasonForm)
    @action(detail=True, methods=["post"], url_path="strike-out")
    def strike_out(self, request: Request, pk: str) -> Response:
        """Marks a contact as entered in error."""
        return self._change(actions.strike_out_contact, ReasonForm)

    def _new(self, act: Any, form: type[Form]) -> Response:
        contact = act(**self.facts_of(form), by=self.person, at=self.at)
        return self.show_one(contact, code=status.HTTP_201_CREATED)

    def _settle(self, act: Any, form: type[Form]) -> Response:
        contact = self.get_object()
        facts = self.facts_of(form)
        return self.show_one(
            act(child=contact.child, contact=contact, **facts, by=self.person, at=self.at)
        )

    def _change(self, act: Any, form: type[Form]) -> Response:
        contact = self.get_object()
        return self.show_one(
            act(contact=contact, **self.facts_of(form), by=self.person, at=self.at)
        )


class MonthSerializer(serializers.Serializer):
    """Who from outside saw children of a setting in a month, as far as it was recorded."""

    month = serializers.DateField()
    child_months = serializers.FloatField(help_text="Children living there, parts of a month too")
    inside = serializers.DictField(child=serializers.IntegerField())
    elsewhere = serializers.DictField(child=serializers.IntegerField())
    remote = serializers.DictField(child=serializers.IntegerField())
    came_in = serializers.IntegerField()
    per_child_month = serializers.FloatField(allow_null=True)


class FootfallSerializer(serializers.Serializer):
    """The outside eyes on one setting, the newest month first."""

    setting = SettingName()
    months = MonthSerializer(many=True)


class FootfallFilter(Filter):
    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")

    class Meta:
        model = Setting
        fields: list[str] = []


MONTHS = OpenApiParameter("months", int, description=f"From 1 to {MOST_MONTHS}; 12 when not said")


class FootfallViewSet(OfSettings):
    """Outside eyes on the settings whose picture you may see, or where your children live."""

    reach = Reach.SETTING
    queryset = Setting.objects.order_by("name", "pk")
    serializer_class = FootfallSerializer
    filterset_class = FootfallFilter
    parameters = frozenset({"months"})

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=settings_with_footfall_for(self.person).values("pk"))

    @extend_schema(parameters=[MONTHS])
    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    def show(self, rows: Iterable[Any]) -> list[Mapping[str, Any]]:
        settings = list(rows)
        counted: dict[int, list[Any]] = {setting.pk: [] for setting in settings}
        for month in footfall_of(list(counted), months=self._months(), on=self.on):
            counted[month.setting_id].append(month)
        shown = [{"setting": setting, "months": counted[setting.pk]} for setting in settings]
        return list(FootfallSerializer(shown, many=True).data)

    def _months(self) -> int:
        given = self.request.query_params.get("months", "12")
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
        if not 1 <= number <= MOST_MONTHS:
            raise FactRefused(f"Enter a number of months from 1 to {MOST_MONTHS}.", field="months")
        return number

    @extend_schema(parameters=[MONTHS])
    def list(self, request: Request) -> Response:
        return super().list(request)
