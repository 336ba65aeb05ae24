"""Referrals to a LADO, for those who have a part in them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.cases import MatterViewSet, takes
from backend.api.fields import NothingForm, ReasonForm
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.casework.errors import FactRefused, NotAllowed
from workflows.lado import actions
from workflows.lado.api.answers import (
    BESIDE,
    FiguresSerializer,
    ReceiptSerializer,
    ReferralRowSerializer,
    ReferralSerializer,
)
from workflows.lado.api.fields import PersonForm, WordsForm
from workflows.lado.api.forms import (
    AddTaskForm,
    AllegeForm,
    BarringForm,
    CloseForm,
    CorrectForm,
    DecideForm,
    DisciplineForm,
    FinishForm,
    HomeForm,
    MeetForm,
    NameChildForm,
    OpinionForm,
    ReferForm,
    SettleForm,
    TellForm,
    TrackForm,
    UnshareForm,
    WorkForm,
)
from workflows.lado.models import LIMBS, Referral
from workflows.lado.queries import days_of, figures_of, reads_referrals, year_of
from workflows.lado.table import TABLE

#: No report goes further back than this.
EARLIEST_YEAR = 2000


class ReferralFilter(Filter):
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    setting = IdFilter(field_name="setting_id")
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    referred_from = DayFilter(field_name="referred_on", lookup_expr="gte")
    referred_to = DayFilter(field_name="referred_on", lookup_expr="lte")
    home_notified = filters.BooleanFilter(
        field_name="home_notifications",
        lookup_expr="isnull",
        exclude=True,
        distinct=True,
        help_text="Whether the home's own notification under regulation 40 was seen",
    )
    ordering = Order(fields=("referred_on", "opened_at"))

    class Meta:
        model = Referral
        fields: list[str] = []


class ReferralViewSet(MatterViewSet):
    """Referrals in which you play a part. What you sent yourself stands under ``receipts``."""

    matters = TABLE.name
    queryset = Referral.objects.select_related("authority", "setting", "led_by")
    filterset_class = ReferralFilter

    def rows(self) -> QuerySet[Any]:
        if self.action == "list":
            return self.queryset.all()
        return self.queryset.select_related("adult__home_authority").prefetch_related(*BESIDE)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return ReferralRowSerializer if self.action == "list" else ReferralSerializer

    @extend_schema(request=ReferForm, responses={201: ReceiptSerializer})
    @action(detail=False, methods=["post"], url_path="refer", url_name="open-refer")
    def refer(self, request: Request) -> Response:
        """Tells the LADO. The answer is a receipt: the case itself is the LADO's to read."""
        facts = {name: fact for name, fact in self.facts_of(ReferForm).items() if fact is not None}
        referral = actions.make_referral(**facts, by=self.person, at=self.at)
        return Response(ReceiptSerializer(referral).data, status=status.HTTP_201_CREATED)

    @takes("receive", NothingForm)
    def receive(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says by name that the LADO has received it."""
        return actions.receive_referral(referral=referral, **self.how())

    @takes("advise", DecideForm)
    def advise(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: advice only."""
        return self._decide(referral, "advise", facts)

    @takes("keep", DecideForm)
    def keep(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: below the threshold, kept as a low-level concern."""
        return self._decide(referral, "keep", facts)

    @takes("open", DecideForm)
    def open(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: the threshold is met. Every authority with a child there is told."""
        return self._decide(referral, "open", facts)

    def _decide(self, referral: Referral, result: str, facts: Mapping[str, Any]) -> Referral:
        return actions.decide_threshold(
            referral=referral,
            result=result,
            limbs={name: (facts[name], facts[f"{name}_reason"]) for name in LIMBS},
            reason=facts["reason"],
            advice=facts.get("advice", ""),
            is_clear_at_once=facts["is_clear_at_once"],
            **self.how(),
        )

    @takes("reconsider", NothingForm)
    def reconsider(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Takes the decision up again."""
        return actions.reconsider_decision(referral=referral, **self.how())

    @takes("give_opinion", OpinionForm)
    def give_opinion(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps a second opinion, dissent included."""
        return actions.give_opinion(referral=referral, **facts, **self.how())

    @takes("name_child", NameChildForm)
    def name_child(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Names a child."""
        return actions.name_child(referral=referral, **facts, **self.how())

    @takes("allege", AllegeForm)
    def allege(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Adds one allegation."""
        return actions.add_allegation(referral=referral, **facts, **self.how())

    @takes("correct", CorrectForm)
    def correct(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Puts facts right."""
        adult = facts.pop("adult", None)
        return actions.correct_referral(referral=referral, changes=facts, adult=adult, **self.how())

    @takes("meet", MeetForm)
    def meet(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps a meeting or a review of progress."""
        return actions.record_meeting(referral=referral, **facts, **self.how())

    @takes("add_task", AddTaskForm)
    def add_task(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Adds a further task that a meeting asked for."""
        return actions.add_task(referral=referral, **facts, **self.how())

    @takes("finish_task", FinishForm)
    def finish_task(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says that a task from a meeting was done."""
        return actions.finish_task(referral=referral, **facts, **self.how())

    @takes("follow_track", TrackForm)
    def follow_track(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says how an enquiry stands."""
        return actions.follow_track(referral=referral, **facts, **self.how())

    @takes("set_work", WorkForm)
    def set_work(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says whether the adult is at work."""
        return actions.set_work_status(referral=referral, **facts, **self.how())

    @takes("set_discipline", DisciplineForm)
    def set_discipline(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says what the employer's own discipline comes to."""
        return actions.set_discipline(referral=referral, **facts, **self.how())

    @takes("settle_barring", BarringForm)
    def settle_barring(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says what came of the referral to the DBS."""
        return actions.settle_barring(referral=referral, **facts, **self.how())

    @takes("settle", SettleForm)
    def settle(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Gives one allegation its outcome."""
        return actions.settle_allegation(referral=referral, **facts, **self.how())

    @takes("tell_outside", TellForm)
    def tell_outside(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps that somebody outside was told."""
        return actions.record_telling(referral=referral, **facts, **self.how())

    @takes("share", PersonForm)
    def share(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Lets a named person read the case."""
        return actions.share_referral(referral=referral, **facts, **self.how())

    @takes("unshare", UnshareForm)
    def unshare(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Stops letting somebody read the case."""
        return actions.stop_sharing_referral(referral=referral, **facts, **self.how())

    @takes("tell_home", HomeForm)
    def tell_home(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Tells the adult's home authority."""
        return actions.tell_home_authority(referral=referral, **facts, **self.how())

    @takes("conclude", NothingForm)
    def conclude(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Concludes a case in which every allegation has its outcome."""
        return actions.conclude_referral(referral=referral, **self.how())

    @takes("close", CloseForm)
    def close(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Closes the case, and says until when it is kept."""
        return actions.close_referral(referral=referral, **facts, **self.how())

    @takes("reopen", NothingForm)
    def reopen(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Takes a case up again."""
        return actions.reopen_referral(referral=referral, **self.how())

    @takes("void", ReasonForm)
    def void(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Marks a referral as entered in error."""
        return actions.void_referral(referral=referral, **facts, **self.how())

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that you disagree with the decision, and why."""
        referral = self.get_object()
        actions.challenge_decision(
            referral=referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        parameters=[OpenApiParameter("year", int, description="The year in whose April it begins")],
        responses=FiguresSerializer,
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def figures(self, request: Request) -> Response:
        """What a LADO reports of a year, from April to March: counts, never names."""
        if not reads_referrals(self.person, self.on):
            raise NotAllowed("The annual figures are for the LADO.")
        year = self._year(request.query_params.get("year", ""))
        first, last = days_of(year)
        found = {"year": year, "first": first, "last": last}
        found |= asdict(figures_of(self.person, first, last))
        return Response(FiguresSerializer(found).data)

    def _year(self, typed: str) -> int:
        this_year = year_of(self.on)
        if typed and not (typed.isdecimal() and EARLIEST_YEAR <= int(typed[:5]) <= this_year):
            raise FactRefused(
                f"Give the year in whose April it begins, from {EARLIEST_YEAR} to {this_year}.",
                field="year",
            )
        return int(typed or this_year)

    def known_parameters(self) -> frozenset[str]:
        return frozenset({"year"}) if self.action == "figures" else super().known_parameters()
