"""What children said and what came of it, advocates, and who has not been heard."""

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
from backend.access.parts import people_playing
from backend.api.cases import CaseSerializer, CaseViewSet, opens, takes
from backend.api.children import ChildFilter
from backend.api.fields import (
    LONG,
    ChildField,
    ChildName,
    Day,
    Form,
    PersonName,
    ReasonForm,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.records.codes import CommunicationMode
from backend.records.models import Advocacy, Child
from workflows.voice import actions
from workflows.voice.checks import MAY_OWN
from workflows.voice.models import CameFrom, View
from workflows.voice.queries import children_unheard, with_words
from workflows.voice.table import TABLE

WEEKS, MOST_WEEKS = 6, 520


class HearForm(Form):
    """What the child said, in their own words, signs or choices."""

    child = ChildField()
    said_on = Day()
    own_words = serializers.CharField(trim_whitespace=False)
    communicated_by = serializers.MultipleChoiceField(choices=CommunicationMode.choices)
    paraphrase = serializers.CharField(**LONG)
    helped_by = serializers.CharField(**LONG)
    came_from = serializers.ChoiceField(
        choices=[choice for choice in CameFrom.choices if choice[0] != CameFrom.VISIT],
        default=CameFrom.DIRECT,
        help_text="What was said at a visit is recorded with the visit.",
    )

    def validate_communicated_by(self, modes: set[str]) -> list[str]:
        return sorted(modes)


class AnswerForm(Form):
    """What will be done, by whom and by when; or why it will not."""

    action = serializers.CharField(**LONG)
    action_owner = serializers.IntegerField(required=False, allow_null=True)
    action_owner_name = serializers.CharField(max_length=200, **LONG)
    act_by = Day(required=False, allow_null=True)
    reason_not = serializers.CharField(**LONG)


class TellForm(Form):
    """How the child was told, and what they made of it."""

    told_on = Day()
    told_how = serializers.CharField()
    response = serializers.CharField(**LONG)


class KeepForm(Form):
    """What was done."""

    kept_on = Day()
    kept_how = serializers.CharField()


class ViewSerializer(CaseSerializer):
    """One thing a child said, with the words wherever they are kept, and what came of it."""

    own_words = serializers.SerializerMethodField()
    paraphrase = serializers.SerializerMethodField()
    communicated_by = serializers.SerializerMethodField()
    helped_by = serializers.SerializerMethodField()
    heard_by = PersonName(read_only=True)
    action_owner = PersonName(read_only=True)
    answered_by = PersonName(read_only=True)
    told_by = PersonName(read_only=True)

    class Meta(CaseSerializer.Meta):
        model = View
        fields = (
            *CaseSerializer.Meta.fields,
            "said_on",
            "came_from",
            "reference",
            "own_words",
            "paraphrase",
            "communicated_by",
            "helped_by",
            "heard_by",
            "action",
            "action_owner",
            "action_owner_name",
            "act_by",
            "reason_not",
            "answered_by",
            "answered_on",
            "answer_changed_on",
            "told_on",
            "told_how",
            "told_by",
            "response",
            "kept_on",
            "kept_how",
            "reason",
        )

    def get_own_words(self, view: View) -> str:
        return view.words_elsewhere.own_words if view.words_elsewhere else view.own_words

    def get_paraphrase(self, view: View) -> str:
        return view.words_elsewhere.paraphrase if view.words_elsewhere else view.paraphrase

    def get_communicated_by(self, view: View) -> list[str]:
        kept = view.words_elsewhere
        return list(kept.communicated_by) if kept else list(view.communicated_by)

    def get_helped_by(self, view: View) -> str:
        return view.words_elsewhere.helped_by if view.words_elsewhere else view.helped_by


class ViewFilter(Filter):
    """Whose words, where they stand, from when."""

    child = IdFilter(field_name="child_id")
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    came_from = filters.ChoiceFilter(choices=CameFrom.choices)
    reference = filters.CharFilter(field_name="reference", help_text="Such as visits/12")
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")
    setting = IdFilter(field_name="placement__setting_id")
    said_from = DayFilter(field_name="said_on", lookup_expr="gte")
    said_to = DayFilter(field_name="said_on", lookup_expr="lte")
    ordering = Order(fields=("said_on", "answered_on"))

    class Meta:
        model = View
        fields: list[str] = []


class ViewViewSet(CaseViewSet):
    """What children said, and what came of it."""

    queryset = View.objects.select_related(
        "child", "heard_by", "action_owner", "answered_by", "told_by"
    )
    serializer_class = ViewSerializer
    filterset_class = ViewFilter
    room = TABLE.room

    def show(self, rows: Iterable[Any]) -> list[Mapping[str, Any]]:
        return super().show(with_words(rows))

    @opens("hear", HearForm)
    def hear(self, facts: dict[str, Any]) -> View:
        """Writes down what a child said; it is owed an answer."""
        return actions.hear_view(**facts, by=self.person, at=self.at)

    @takes("answer", AnswerForm)
    def answer(self, view: View, facts: dict[str, Any]) -> View:
        """Says what will be done, by whom and by when, or why it will not."""
        owner = self._owner(view, facts.pop("action_owner", None))
        name = facts.pop("action_owner_name", "")
        return actions.answer_view(view=view, owner=owner, owner_name=name, **facts, **self.how())

    @takes("tell", TellForm)
    def tell(self, view: View, facts: dict[str, Any]) -> View:
        """Records that the child was told what came of what they said."""
        return actions.tell_child(view=view, **facts, **self.how())

    @takes("keep", KeepForm)
    def keep(self, view: View, facts: dict[str, Any]) -> View:
        """Records that what was promised has been done."""
        return actions.keep_promise(view=view, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, view: View, facts: dict[str, Any]) -> View:
        """Marks an entry as made in error."""
        return actions.void_view(view=view, **facts, **self.how())

    def _owner(self, view: View, pk: int | None) -> Person | None:
        if pk is None:
            return None
        for person, _ in people_playing(MAY_OWN, view.child, self.on):
            if person.pk == pk:
                return person
        raise FactRefused("This person plays no part for the child.", field="action_owner")


class OfferForm(Form):
    """How an advocate was offered."""

    child = ChildField()
    offered_on = Day()
    how_offered = serializers.CharField(max_length=200)
    basis = serializers.ChoiceField(
        choices=Advocacy.Basis.choices, default=Advocacy.Basis.INSTRUCTED
    )


class OfferAnswerForm(Form):
    """What the child made of the offer."""

    is_accepted = serializers.BooleanField()
    answered_on = Day()


class AppointForm(Form):
    """Who the advocate is, who pays, and whether they are independent of the home."""

    advocate_name = serializers.CharField(max_length=200)
    organisation = serializers.CharField(max_length=200)
    commissioned_by = serializers.CharField(max_length=200)
    is_independent = serializers.BooleanField()


class EndForm(Form):
    ended_on = Day()


class AdvocacySerializer(serializers.ModelSerializer):
    """The offer of an advocate, and what came of it."""

    child = ChildName(read_only=True)

    class Meta:
        model = Advocacy
        fields = (
            "id",
            "child",
            "offered_on",
            "how_offered",
            "basis",
            "answer",
            "answered_on",
            "advocate_name",
            "organisation",
            "commissioned_by",
            "is_independent",
            "ended_on",
        )


class AdvocacyFilter(Filter):
    child = IdFilter(field_name="child_id")
    answer = filters.ChoiceFilter(choices=Advocacy.Answer.choices)
    authority = filters.CharFilter(field_name="child__authority", help_text="ONS code")

    class Meta:
        model = Advocacy
        fields: list[str] = []


class AdvocacyViewSet(OfChildren):
    """Offers of an advocate."""

    reach = Reach.RECORD
    queryset = Advocacy.objects.select_related("child").order_by("-offered_on", "-pk")
    serializer_class = AdvocacySerializer
    filterset_class = AdvocacyFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        advocacy = self.get_object()
        self.read(advocacy.child, f"advocacy/{advocacy.pk}", Depth.RECORD)
        return self.show_one(advocacy)

    @extend_schema(request=OfferForm, responses={201: AdvocacySerializer})
    def create(self, request: Request) -> Response:
        """Records that an advocate was offered."""
        advocacy = actions.offer_advocate(**self.facts_of(OfferForm), by=self.person, at=self.at)
        return self.show_one(advocacy, code=status.HTTP_201_CREATED)

    @extend_schema(request=OfferAnswerForm)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Records whether the offer was accepted."""
        return self._after(actions.answer_offer, OfferAnswerForm)

    @extend_schema(request=AppointForm)
    @action(detail=True, methods=["post"])
    def appoint(self, request: Request, pk: str) -> Response:
        """Names the advocate."""
        return self._after(actions.appoint_advocate, AppointForm)

    @extend_schema(request=EndForm)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Records that the advocate's work ended."""
        return self._after(actions.end_advocacy, EndForm)

    def _after(self, act: Any, form: type[Form]) -> Response:
        advocacy = self.get_object()
        return self.show_one(
            act(advocacy=advocacy, **self.facts_of(form), by=self.person, at=self.at)
        )


class UnheardSerializer(serializers.ModelSerializer):
    """A child of whom no view was recorded for a while; that is not to say none was given."""

    last_heard_on = serializers.DateField(allow_null=True)

    class Meta:
        model = Child
        fields = ("id", "name", "authority", "last_heard_on")


class UnheardViewSet(OfChildren):
    """Children away from home with no view recorded for ``weeks`` weeks, the longest first."""

    reach = Reach.RECORD
    child_path = "pk"
    parameters = frozenset({"weeks"})
    queryset = Child.objects.all()
    serializer_class = UnheardSerializer
    filterset_class = ChildFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        unheard = children_unheard(self.person, weeks=self._weeks(), on=self.on)
        return unheard.filter(pk__in=rows.values("pk"))

    @extend_schema(
        parameters=[OpenApiParameter("weeks", int, description=f"From 1; {WEEKS} when not said")]
    )
    def list(self, request: Request) -> Response:
        return super().list(request)

    def _weeks(self) -> int:
        given = self.request.query_params.get("weeks", str(WEEKS))
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
        if not 1 <= number <= MOST_WEEKS:
            raise FactRefused(f"Enter a number of weeks from 1 to {MOST_WEEKS}.", field="weeks")
        return number
