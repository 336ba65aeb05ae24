"""Children: the card for everybody who may know of them, the record for those who may read it."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Allocation
from backend.access.parts import current, living_there, parts_for_many
from backend.access.visibility import child_ids_visible_to, readers_of
from backend.api.cases import opening_actions
from backend.api.fields import (
    Action,
    AuthorityName,
    Day,
    Form,
    KnownField,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.children import register_child, teams_to_register_in
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.people import break_glass, works_for_either
from backend.casework.placing import PLACES_CHILDREN
from backend.grammar.events import Depth
from backend.grammar.roles import LABELS, Role
from backend.records.codes import CommunicationMode, Gender
from backend.records.models import (
    Child,
    LegalStatus,
    PeriodOfCare,
    Placement,
    Team,
    living_within,
)


def reads_record(view: Any, path: str = "pk") -> Q:
    """Whether the person may read the record, as a condition on rows."""
    return Q(**{f"{path}__in": child_ids_visible_to(view.person, Depth.RECORD)})


class ChildFilter(Filter):
    """Whose child, living where, on which day."""

    authority = filters.CharFilter(field_name="authority", help_text="Placing authority, ONS code")
    host_authority = filters.CharFilter(method="keep", help_text="Where the child lives, ONS code")
    setting = IdFilter(method="keep", help_text="The setting where the child lives")
    as_at = DayFilter(
        method="keep", help_text="Children who lived somewhere on this day, adults included"
    )
    living_from = DayFilter(
        method="keep",
        help_text="Children placed or looked after on any day from this one, adults included",
    )
    living_to = DayFilter(method="keep", help_text="To this day; without it, to today")
    name = filters.CharFilter(field_name="name", lookup_expr="icontains")
    ordering = Order(fields=("name", "date_of_birth"))

    class Meta:
        model = Child
        fields: list[str] = []

    def keep(self, rows: QuerySet[Child], name: str, value: object) -> QuerySet[Child]:
        """What is asked of the placement is asked of one and the same placement, below."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Child]) -> QuerySet[Child]:
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        day, setting, host = (asked.get(name) for name in ("as_at", "setting", "host_authority"))
        first, last = self._period(day, asked.get("living_from"), asked.get("living_to"))
        if not (day or asked.get("living_from") or setting or host):
            return rows
        within = living_within(first, last)
        deep = child_ids_visible_to(self.person, Depth.RECORD)
        lived = Placement.objects.filter(within, is_temporary=False)
        if (first, last) != (self.on, self.on):
            # A reader of cards knows where a child lives now, not where they lived before.
            lived = lived.filter(living_there(self.on) | Q(child_id__in=deep))
        if setting:
            lived = lived.filter(setting_id=setting)
        if host:
            lived = lived.filter(host_authority_id=host)
        found = Q(pk__in=lived.values("child_id"))
        if asked.get("living_from") and not (setting or host):
            care = PeriodOfCare.objects.filter(within, child__in=deep)
            found |= Q(pk__in=care.values("child_id"))
        return rows.filter(found)

    def _period(self, day: date | None, first: date | None, last: date | None) -> tuple[date, date]:
        """:raises FactRefused: a day and a period at once, or a period that ends too soon."""
        if day and (first or last):
            raise FactRefused("Ask for one day or for a period, not both.", field="as_at")
        if last and not first:
            raise FactRefused("Say from which day.", field="living_from")
        if first and last and last < first:
            raise FactRefused("The period ends before it starts.", field="living_to")
        if first:
            return first, max(first, last or self.on)
        return day or self.on, day or self.on


class Contact(serializers.Serializer):
    """Somebody to speak to about a child."""

    role = serializers.CharField()
    label = serializers.SerializerMethodField()
    name = serializers.CharField(source="person.name")
    email = serializers.EmailField(source="person.email")

    def get_label(self, allocation: Allocation) -> str:
        return LABELS[Role(allocation.role)]


class LivesAt(serializers.ModelSerializer):
    """Where a child lives now."""

    where = serializers.CharField()
    setting = SettingName()
    host_authority = AuthorityName()

    class Meta:
        model = Placement
        fields = ("where", "setting", "host_authority", "started_on")


class Card(serializers.ModelSerializer):
    """What a host authority's register holds by law."""

    age = serializers.SerializerMethodField()
    authority = AuthorityName()
    lives_at = serializers.SerializerMethodField()
    contacts = Contact(many=True, source="contact_list")
    depth = serializers.SerializerMethodField(help_text="How deep you may read: card or record")

    class Meta:
        model = Child
        fields: tuple[str, ...] = (
            "id",
            "name",
            "date_of_birth",
            "age",
            "authority",
            "lives_at",
            "contacts",
            "depth",
        )

    def get_age(self, child: Child) -> int:
        on: date = self.context["view"].on
        return child.age_on(on)

    @extend_schema_field(LivesAt(allow_null=True))
    def get_lives_at(self, child: Any) -> Any:
        return LivesAt(child.lives_at[0]).data if child.lives_at else None

    def get_depth(self, child: Any) -> str:
        return (Depth.RECORD if child.reads_record else Depth.CARD).value


class LegalStatusOut(serializers.ModelSerializer):
    label = serializers.CharField(source="get_code_display")

    class Meta:
        model = LegalStatus
        fields = ("code", "label", "started_on", "ended_on")


class PeriodOfCareOut(serializers.ModelSerializer):
    class Meta:
        model = PeriodOfCare
        fields = ("started_on", "ended_on", "category_of_need", "start_reason", "end_reason")


class Record(serializers.ModelSerializer):
    """Everything else about a child."""

    team = serializers.StringRelatedField()
    ehc_plan_authority = AuthorityName()
    periods_of_care = PeriodOfCareOut(many=True)
    legal_statuses = LegalStatusOut(many=True)

    class Meta:
        model = Child
        fields = (
            "local_id",
            "team",
            "gender",
            "ethnicity",
            "upn",
            "home_postcode",
            "disabilities",
            "communicates_by",
            "communication_profile",
            "language",
            "interpreter_needed",
            "culture",
            "religion",
            "identity_plan",
            "needs_trauma",
            "needs_health",
            "needs_education",
            "ehc_plan_authority",
            "is_unaccompanied",
            "unaccompanied_until",
            "is_mother",
            "followed_from",
            "periods_of_care",
            "legal_statuses",
        )


class ChildOut(Card):
    """One child: the card, and the record for those who may read it."""

    record = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(Card.Meta):
        fields = (*Card.Meta.fields, "record", "actions")

    @extend_schema_field(Record(allow_null=True))
    def get_record(self, child: Any) -> Any:
        return Record(child, context=self.context).data if child.reads_record else None

    @extend_schema_field(Action(many=True))
    def get_actions(self, child: Child) -> list[dict[str, str]]:
        return actions_for(child, self.context["parts"], may_read=child.reads_record)  # type: ignore[attr-defined]


def actions_for(child: Child, parts: frozenset[Role], *, may_read: bool) -> list[dict[str, str]]:
    """What somebody with these parts may begin for a child now."""
    actions = opening_actions(parts)
    if parts & set(PLACES_CHILDREN):
        actions.append(_action("place", "Record a placement", "/api/v1/placements/"))
    if not may_read:
        url = f"/api/v1/children/{child.pk}/open-record/"
        actions.append(_action("open_record", "Open the record, with a reason", url))
    return actions


def _action(name: str, label: str, url: str) -> dict[str, str]:
    return {"name": name, "label": label, "method": "POST", "url": url}


class ReaderOut(serializers.Serializer):
    """Somebody who can see a child, and why."""

    name = serializers.CharField()
    depth = serializers.CharField()
    because = serializers.CharField()


class TeamField(KnownField):
    """A team with which the person may register a child."""

    model = Team

    def get_queryset(self) -> QuerySet[Team]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return Team.objects.none()
        return teams_to_register_in(view.person, view.on)


class Register(Form):
    """A child who is not in the record yet."""

    team = TeamField(help_text="Its number, as `me` gives it")
    local_id = serializers.CharField(
        max_length=10, help_text="The child's number with the authority"
    )
    name = serializers.CharField(max_length=200)
    date_of_birth = Day()
    gender = serializers.ChoiceField(Gender.choices, required=False)
    home_postcode = serializers.CharField(max_length=8, required=False, allow_blank=True)
    communicates_by = serializers.ListField(
        child=serializers.ChoiceField(CommunicationMode.choices), required=False
    )
    communication_profile = serializers.CharField(
        max_length=20000, required=False, allow_blank=True
    )
    language = serializers.CharField(max_length=100, required=False, allow_blank=True)
    interpreter_needed = serializers.BooleanField(required=False)


class OpenRecord(Form):
    """Why a record must be opened now."""

    reason = serializers.CharField(max_length=2000)


class Opened(serializers.Serializer):
    """Until when a record stays open."""

    ends_at = serializers.DateTimeField()


class ChildViewSet(OfChildren):
    """Children whom you may know of."""

    reach = Reach.CARD
    child_path = "pk"
    queryset = Child.objects.all()
    serializer_class = Card
    filterset_class = ChildFilter
    answers_unseen = frozenset({"open_record"})

    def rows(self) -> QuerySet[Child]:
        lives_at = Placement.objects.filter(living_there(self.on), is_temporary=False)
        contacts = Allocation.objects.filter(
            current(self.on), role__in=(Role.SOCIAL_WORKER, Role.IRO)
        )
        return (
            Child.objects.select_related("authority", "team__authority", "ehc_plan_authority")
            .prefetch_related(
                Prefetch(
                    "placements",
                    lives_at.select_related("setting", "host_authority"),
                    to_attr="lives_at",
                ),
                Prefetch(
                    "allocations",
                    contacts.select_related("person").order_by("-role"),
                    to_attr="contact_list",
                ),
            )
            .annotate(
                reads_record=ExpressionWrapper(reads_record(self), output_field=BooleanField())
            )
        )

    @extend_schema(responses=ChildOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        child = self.get_object()
        depth = Depth.RECORD if child.reads_record else Depth.CARD
        self.read(child, f"children/{child.pk}", depth)
        parts = parts_for_many(self.person, [child], self.on)[child.pk]
        return Response(ChildOut(child, context={**self.get_context(), "parts": parts}).data)

    @extend_schema(request=Register, responses={201: Card})
    def create(self, request: Request) -> Response:
        """Register a child; what is owed is counted from the first placement on."""
        child = register_child(by=self.person, at=self.at, **self.facts_of(Register))
        response = self.show_one(self.get_queryset().get(pk=child.pk), code=status.HTTP_201_CREATED)
        response["Location"] = reverse("api-children-detail", args=[child.pk])
        return response

    @extend_schema(responses=ReaderOut(many=True), filters=False)
    @action(detail=True, url_path="readers", pagination_class=None)
    def readers(self, request: Request, pk: str) -> Response:
        """Who can see this child, how deep, and why."""
        child = self.get_object()
        if not child.reads_record:
            raise NotAllowed("Who can see a child is shown to those who may read the record.")
        return Response(ReaderOut(readers_of(child, self.on), many=True).data)

    @extend_schema(request=OpenRecord, responses={201: Opened})
    @action(detail=True, methods=["post"], url_path="open-record")
    def open_record(self, request: Request, pk: str) -> Response:
        """Open a record that you have no grant for: logged, shown and told at once."""
        child = get_object_or_404(Child, pk=pk)
        if not works_for_either(self.person, child, self.on):
            self.get_object()
        glass = break_glass(child=child, by=self.person, at=self.at, **self.facts_of(OpenRecord))
        return Response(Opened(glass).data, status=status.HTTP_201_CREATED)
