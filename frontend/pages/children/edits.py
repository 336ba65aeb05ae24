"""Changing what is known of a child: details, placements, law, people, and opening a record."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.access.models import Person
from backend.access.parts import parts_of, roles_held
from backend.access.visibility import children_visible_to, depth_of
from backend.casework import children as keeping
from backend.casework import people as working
from backend.casework import placing
from backend.casework.errors import FactRefused, NotAllowed
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import ALLOCATED, LABELS, Role
from backend.records.models import Child, Placement, Setting
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children import forms
from frontend.pages.children.opening import Opened, open_child, person_of, sent
from frontend.parts.identity import identity_of, placement_on
from frontend.parts.refusals import put_refusal_on
from frontend.parts.words import long_date
from workflows.reviews import actions as reviewing
from workflows.reviews.models import ProposedChange
from workflows.reviews.queries import moves_considered

#: More homes than this are found by their URN.
LISTED_HOMES = 500
Action = Callable[[Mapping[str, Any]], object]


def ask(
    request: HttpRequest,
    opened: Opened,
    form: Form,
    act: Action,
    *,
    title: str,
    button: str,
    done: str,
    back: str,
    **more: Any,
) -> HttpResponse:
    """Asks a form of somebody who plays a part, and takes one action with the answers."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, done)
            return redirect(back, opened.child.pk)
    return render(
        request,
        "children/ask.html",
        opened.context(
            form=form,
            title=title,
            button=button,
            back_url=reverse(back, args=[opened.child.pk]),
            **more,
        ),
    )


def require(opened: Opened, roles: tuple[Role, ...], doing: str) -> None:
    """:raises NotAllowed: the reader may look at this page's child, and not change this."""
    if not opened.plays(*roles):
        words = [LABELS[role] for role in roles]
        allowed = f"{', '.join(words[:-1])} or {words[-1]}"
        raise NotAllowed(f"You cannot {doing}. This can be done by the child's {allowed}.")


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Puts a child on the register of a team, and goes on to where the child lives."""
    person, at = person_of(request), moment_of(request)
    teams = keeping.teams_to_register_in(person, day_of(at))
    if not teams:
        raise Http404
    form = forms.Register(sent(request))
    form.offer_teams(teams)
    if request.method == "POST" and form.is_valid():
        try:
            child = keeping.register_child(by=person, at=at, **form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, "On the register. Now record where the child lives.")
            return redirect("placement_start", child.pk)
    return render(request, "children/register.html", {"form": form})


@login_required
def correct(request: HttpRequest, child_id: int, topic: str) -> HttpResponse:
    """Puts details of a child right."""
    if topic not in forms.TOPICS:
        raise Http404
    opened = open_child(request, child_id)
    require(opened, keeping.KEEPS_DETAILS, "correct this child's details")
    title, kind = forms.TOPICS[topic]
    names = list(kind.base_fields)
    standing = {name: getattr(opened.child, name) for name in names}
    form = kind(sent(request), initial=standing)

    def act(answers: Mapping[str, Any]) -> object:
        return keeping.correct_child(
            child=opened.child,
            changes=answers,
            by=opened.person,
            at=opened.at,
            expects=request.POST.get("seen"),
        )

    return ask(
        request,
        opened,
        form,
        act,
        title=title,
        button="Save",
        done="Saved. The change is on the timeline.",
        back="child_needs",
        seen=request.POST.get("seen") or keeping.seen(opened.child, names),
    )


@login_required
def place(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that a child lives somewhere new."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "record a placement for this child")
    form = forms.StartPlacement(sent(request))
    is_move = placing.would_move(opened.child)
    form.ask_about_review(considered_moves(opened.child) if is_move else None)

    def act(answers: Mapping[str, Any]) -> object:
        return placing.place_child(child=opened.child, by=opened.person, at=opened.at, **answers)

    return ask(
        request,
        opened,
        form,
        act,
        title="Record a new placement",
        button="Record the placement",
        done="Placement recorded. The days for visits have been counted again.",
        back="child_placements",
        homes=homes(),
        ends=opened.placement,
    )


def considered_moves(child: Child) -> list[tuple[int, str]]:
    """The moves that a review considered, as the question offers them."""
    return [(change.pk, words_for_considered(change)) for change in moves_considered(child)]


def words_for_considered(change: ProposedChange) -> str:
    review = change.considered_at
    if review is None:
        return f"No, and a manager recorded why on {long_date(change.excused_on)}: {change.what}"
    outcome = change.get_outcome_display().lower()
    return f"At the review of {long_date(review.opened_on)}, {outcome}: {change.what}"


@login_required
def account_for_move(request: HttpRequest, child_id: int, placement_id: int) -> HttpResponse:
    """Says whether a review considered a move that is already recorded, or why none did."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "say what a review made of this move")
    placement = placement_of(opened, placement_id)
    form = forms.AccountForMove(sent(request))
    form.ask_about_review(considered_moves(opened.child))

    def act(answers: Mapping[str, Any]) -> object:
        return reviewing.account_for_move(
            placement=placement, by=opened.person, at=opened.at, **answers
        )

    return ask(
        request,
        opened,
        form,
        act,
        title=f"The move to {placement.where} on {long_date(placement.started_on)}",
        button="Save",
        done="Recorded.",
        back="child_reviews",
    )


def homes() -> list[str]:
    """The homes that the question offers while somebody types."""
    return [forms.named(one) for one in Setting.objects.order_by("name")[:LISTED_HOMES]]


def placement_of(opened: Opened, placement_id: int) -> Placement:
    rows = opened.child.placements.select_related("setting")
    placement: Placement = get_object_or_404(rows, pk=placement_id)
    return placement


@login_required
def correct_placement(request: HttpRequest, child_id: int, placement_id: int) -> HttpResponse:
    """Puts facts of a placement right, including whether the child could live nearer home."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "correct this placement")
    placement = placement_of(opened, placement_id)
    form = forms.CorrectPlacement(sent(request), initial=forms.facts_of_placement(placement))

    def act(answers: Mapping[str, Any]) -> object:
        changes = {
            name: value for name, value in answers.items() if getattr(placement, name) != value
        }
        if not changes:
            raise FactRefused("Nothing was changed.")
        return placing.correct_placement(
            placement=placement, changes=changes, by=opened.person, at=opened.at
        )

    return ask(
        request,
        opened,
        form,
        act,
        title=f"Correct the placement at {placement.where}",
        button="Save",
        done="Placement corrected. The days that were counted from it have been counted again.",
        back="child_placements",
        homes=homes(),
    )


@login_required
def end_placement(request: HttpRequest, child_id: int, placement_id: int) -> HttpResponse:
    """Records that a placement ended and no other began."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "end this placement")
    placement = placement_of(opened, placement_id)
    form = forms.EndPlacement(sent(request))

    def act(answers: Mapping[str, Any]) -> object:
        return placing.end_placement(placement=placement, by=opened.person, at=opened.at, **answers)

    return ask(
        request,
        opened,
        form,
        act,
        title=f"End the placement at {placement.where}",
        button="End the placement",
        done="The placement has ended.",
        back="child_placements",
    )


@login_required
def change_legal_status(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records a new legal status."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "change this child's legal status")
    form = forms.ChangeLegalStatus(sent(request))

    def act(answers: Mapping[str, Any]) -> object:
        return placing.change_legal_status(
            child=opened.child, by=opened.person, at=opened.at, **answers
        )

    return ask(
        request,
        opened,
        form,
        act,
        title="Record a new legal status",
        button="Record the legal status",
        done="Legal status recorded.",
        back="child_placements",
    )


@login_required
def end_care(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that a child stopped being looked after."""
    opened = open_child(request, child_id)
    require(opened, placing.PLACES_CHILDREN, "end this child's care")
    form = forms.EndCare(sent(request))

    def act(answers: Mapping[str, Any]) -> object:
        return placing.end_care(
            child=opened.child,
            ended_on=answers["ended_on"],
            reason=answers["reason"],
            leaves=not answers["stays"],
            by=opened.person,
            at=opened.at,
        )

    return ask(
        request,
        opened,
        form,
        act,
        title="Record that care ended",
        button="Record that care ended",
        done="Recorded. The child stays on the register.",
        back="child_placements",
    )


@login_required
def allocate(request: HttpRequest, child_id: int) -> HttpResponse:
    """Gives a child to a social worker, an IRO or an advocate."""
    opened = open_child(request, child_id)
    require(opened, working.ALLOCATES, "allocate this child")
    form = forms.Allocate(
        sent(request),
        people=people_to_allocate(opened.child),
        initial={"started_on": opened.on},
    )

    def act(answers: Mapping[str, Any]) -> object:
        return working.allocate(
            child=opened.child,
            person=answers["person"],
            role=Role(answers["role"]),
            started_on=answers["started_on"],
            by=opened.person,
            at=opened.at,
        )

    return ask(
        request,
        opened,
        form,
        act,
        title="Allocate this child",
        button="Allocate",
        done="Allocated. Open alerts have gone to whoever takes over.",
        back="child_people",
    )


def people_to_allocate(child: Child) -> Any:
    """People with an account who play a part that is allocated, for this authority or for nobody
    in particular."""
    parts = [role.value for role in ALLOCATED]
    here = Person.objects.filter(
        assignments__role__in=parts, assignments__authority=child.authority_id
    )
    teams = Person.objects.filter(
        assignments__role__in=parts, assignments__team__authority=child.authority_id
    )
    working_already = Person.objects.filter(
        allocations__role__in=parts, allocations__child__authority=child.authority_id
    )
    return (here | teams | working_already).filter(is_active=True).distinct().order_by("name")


@login_required
def end_allocation(request: HttpRequest, child_id: int, allocation_id: int) -> HttpResponse:
    """Ends somebody's part when nobody takes over yet."""
    opened = open_child(request, child_id)
    require(opened, working.ALLOCATES, "end this allocation")
    allocation = get_object_or_404(
        opened.child.allocations.select_related("person"), pk=allocation_id
    )
    form = forms.EndAllocation(sent(request), initial={"ended_on": opened.on})

    def act(answers: Mapping[str, Any]) -> object:
        return working.end_allocation(
            allocation=allocation, by=opened.person, at=opened.at, **answers
        )

    part = LABELS[Role(allocation.role)]
    return ask(
        request,
        opened,
        form,
        act,
        title=f"{allocation.person.name} stops being the {part}",
        button="End the allocation",
        done="The allocation has ended. Open alerts have gone up to the team manager.",
        back="child_people",
    )


NOT_FOUND = "No child was found that you may open. Check the authority and the number."


@login_required
def find_record(request: HttpRequest) -> HttpResponse:
    """Finds a record by its exact number, for professionals who may open one with a reason."""
    person, at = person_of(request), moment_of(request)
    if not roles_held(person, day_of(at)) & forms.OPENS_RECORDS:
        raise Http404
    form = forms.FindRecord(sent(request))
    if request.method == "POST" and form.is_valid():
        child = Child.objects.filter(
            authority=form.cleaned_data["authority"],
            local_id=form.cleaned_data["local_id"].strip(),
        ).first()
        if child is not None and children_visible_to(person, Depth.RECORD).filter(pk=child.pk):
            return redirect("child", child.pk)
        if child is not None and working.works_for_either(person, child, day_of(at)):
            return redirect("child_open", child.pk)
        form.add_error(None, NOT_FOUND)
    return render(request, "children/find_record.html", {"form": form})


@login_required
def open_record(request: HttpRequest, child_id: int) -> HttpResponse:
    """Stops somebody before a record they have no grant for, and asks why they need it."""
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    child = get_object_or_404(Child.objects.select_related("authority"), pk=child_id)
    depth = depth_of(person, child)
    if depth == Depth.RECORD:
        return redirect("child", child.pk)
    if not working.works_for_either(person, child, on):
        raise Http404
    form = forms.OpenRecord(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            working.break_glass(child=child, reason=form.cleaned_data["reason"], by=person, at=at)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            return redirect("child", child.pk)
    shown = identity_of(child, placement_on(child, on), on, Depth.CARD) if depth else None
    return render(
        request,
        "children/open_record.html",
        {"form": form, "child": child, "identity": shown, "parts": parts_of(person, child, on)},
    )
