"""Around a review: calls for an early one, changes it considers first, challenges, checks."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.access.parts import people_playing
from backend.casework.errors import FactRefused
from backend.casework.placing import PLACES_CHILDREN
from backend.grammar.roles import LABELS, Role
from backend.records.models import Child
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.reviews import forms, told
from frontend.pages.reviews.asking import answers_of, ask
from frontend.parts.words import long_date
from workflows.reviews import actions
from workflows.reviews.models import Challenge, EarlyReview, ProposedChange, Review
from workflows.reviews.queries import (
    challenges_visible_to,
    changes_visible_to,
    early_reviews_visible_to,
    last_held,
    moves_to_account_for,
    open_early_reviews,
    review_on_its_way,
)
from workflows.reviews.table import AUTHORITY, MANAGERS, NEW, ON_ITS_WAY


def on_reviews_page(opened: Opened) -> dict[str, Any]:
    """What the reviews page of a child shows beside its dates."""
    child, parts = opened.child, opened.parts
    coming = review_on_its_way(child)
    rows = Review.objects.filter(child=child).exclude(
        state__in=[str(state) for state in (NEW, *ON_ITS_WAY)]
    )
    is_iro, is_manager = Role.IRO in parts, bool(parts & set(MANAGERS))
    return {
        "coming": coming,
        "past": list(rows.select_related("chair")),
        "early": list(open_early_reviews(child).select_related("asked_by")),
        "may_answer_early": bool(parts & set(AUTHORITY)),
        "may_withdraw_early": bool(parts & set(actions.ASKS_EARLY)),
        "changes": list(
            ProposedChange.objects.filter(child=child).select_related("proposed_by", "led_to")
        ),
        "may_consider": is_iro,
        "may_excuse": is_manager,
        "moves": list(child.placements.filter(pk__in=moves_to_account_for(child))),
        "may_account": bool(parts & set(PLACES_CHILDREN)),
        "looks": list(child.iro_checks.select_related("iro")),
        "challenges": list(
            challenges_visible_to(opened.person).filter(child=child).select_related("raised_by")
        ),
        "steps": told.child_steps(child, parts, coming),
    }


def back_to(child_id: int) -> str:
    return reverse("child_reviews", args=[child_id])


# Early reviews


@login_required
def ask_early(request: HttpRequest, child_id: int) -> HttpResponse:
    """Calls for a review before its ordinary date."""
    opened = open_child(request, child_id)
    require(opened, actions.ASKS_EARLY, "call for an early review of this child's case")
    form = forms.AskEarly(answers_of(request))
    if not opened.plays(Role.IRO):
        form.without_iro_reason()

    def take() -> object:
        return actions.request_early_review(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Ask for an early review",
        button="Ask for an early review",
        done="An early review is called for. Those who arrange it have been told.",
        back_url=back_to(child_id),
    )


def open_early(request: HttpRequest, early_id: int) -> tuple[EarlyReview, Opened]:
    early = get_object_or_404(early_reviews_visible_to(person_of(request)), pk=early_id)
    return early, open_child(request, early.child_id)


@login_required
def answer_early(request: HttpRequest, early_id: int) -> HttpResponse:
    """Answers a call for an early review with a day."""
    early, opened = open_early(request, early_id)
    require(opened, AUTHORITY, "answer this call for an early review")
    form = forms.AnswerEarly(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.answer_early_review(
            early=early, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Answer the call for an early review",
        button="Answer",
        done="Answered. The IRO has been told.",
        back_url=back_to(early.child_id),
        intro=f"{early.get_reason_display()}: {early.words}",
    )


@login_required
def withdraw_early(request: HttpRequest, early_id: int) -> HttpResponse:
    """Withdraws a call for an early review, keeping it and why."""
    early, opened = open_early(request, early_id)
    require(opened, actions.ASKS_EARLY, "withdraw this call for an early review")
    form = forms.Why(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.withdraw_early_review(
            early=early, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Withdraw the call for an early review",
        button="Withdraw",
        done="Withdrawn. It stays on the record.",
        back_url=back_to(early.child_id),
        intro=f"{early.get_reason_display()}: {early.words}",
    )


# Changes that a review considers first


@login_required
def propose(request: HttpRequest, child_id: int) -> HttpResponse:
    """Proposes a significant change, which a review considers first."""
    opened = open_child(request, child_id)
    require(opened, actions.ASKS_EARLY, "propose a change to this child's plan")
    form = forms.Propose(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.propose_change(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Propose a change to the plan",
        button="Propose",
        done="Proposed. A review considers it first, unless that is not reasonably practicable.",
        back_url=back_to(child_id),
        intro="A significant change to the care plan is first considered at a review.",
    )


def open_change(request: HttpRequest, change_id: int) -> tuple[ProposedChange, Opened]:
    change = get_object_or_404(changes_visible_to(person_of(request)), pk=change_id)
    return change, open_child(request, change.child_id)


@login_required
def consider(request: HttpRequest, change_id: int) -> HttpResponse:
    """Records what the last review made of a change."""
    change, opened = open_change(request, change_id)
    require(opened, (Role.IRO,), "record what the review made of this")
    form = forms.Consider(answers_of(request))
    held = last_held(opened.child)

    def take() -> object:
        if held is None:
            raise FactRefused("No review of this child has been held yet.")
        return actions.consider_change(
            change=change, review=held, by=opened.person, at=opened.at, **form.cleaned_data
        )

    at_review = f" (at the review of {long_date(held.opened_on)})" if held else ""
    return ask(
        request,
        opened,
        form,
        take,
        title=f"What the review made of this change{at_review}",
        button="Record",
        done="Recorded. The social worker has been told.",
        back_url=back_to(change.child_id),
        intro=change.what,
    )


@login_required
def excuse(request: HttpRequest, change_id: int) -> HttpResponse:
    """Records why considering a change at a review first was not practicable."""
    change, opened = open_change(request, change_id)
    require(opened, MANAGERS, "let this go ahead without a review")
    form = forms.Why(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.excuse_change(
            change=change, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Why could a review not consider this first?",
        button="Record",
        done="Recorded. The IRO and the IRO's manager have been told.",
        back_url=back_to(change.child_id),
        intro=change.what,
    )


# Between reviews


@login_required
def check(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that the IRO looked at the case between two reviews."""
    opened = open_child(request, child_id)
    require(opened, (Role.IRO,), "record a look at the case between reviews")
    form = forms.Checked(answers_of(request), initial={"checked_on": opened.on})
    return ask(
        request,
        opened,
        form,
        lambda: actions.check_between_reviews(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="A look at the case between reviews",
        button="Record",
        done="Recorded.",
        back_url=back_to(child_id),
    )


# Challenges


def addressees(child: Child, opened: Opened) -> list[tuple[Any, str]]:
    playing = people_playing(actions.CHALLENGERS, child, opened.on)
    return [(person, LABELS[role]) for person, role in playing if person.pk != opened.person.pk]


@login_required
def raise_challenge(request: HttpRequest, child_id: int) -> HttpResponse:
    """Questions practice, information or a decision, and says by when an answer is due."""
    opened = open_child(request, child_id)
    require(opened, actions.CHALLENGERS, "raise a challenge about this child's care")
    people = addressees(opened.child, opened)
    by_id = {str(person.pk): person for person, _ in people}
    form = forms.RaiseChallenge(answers_of(request)).offer(people)

    def take() -> object:
        given = form.cleaned_data
        return actions.raise_challenge(
            child=opened.child,
            about=given["about"],
            words=given["words"],
            due_on=given["due_on"],
            to_person=by_id.get(given["to"]),
            to_name=given["to_name"],
            review=review_on_its_way(opened.child) or last_held(opened.child),
            by=opened.person,
            at=opened.at,
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Raise a challenge",
        button="Raise the challenge",
        done="Challenge raised. Whoever is to answer has been told.",
        back_url=back_to(child_id),
        intro="For practice that is poor, information that is missing or wrong, drift, or a "
        "decision. An advocate and the home do not see it.",
    )


@login_required
def challenge(request: HttpRequest, challenge_id: int) -> HttpResponse:
    """One challenge, and the answer to it."""
    person = person_of(request)
    one = get_object_or_404(
        challenges_visible_to(person).select_related("raised_by", "answered_by"), pk=challenge_id
    )
    opened = open_child(request, one.child_id)
    if not told.may_answer(one, person.pk, opened.parts):
        return render(
            request,
            "reviews/challenge.html",
            opened.context("child_reviews", challenge=one, rows=challenge_rows(one)),
        )
    form = forms.AnswerChallenge(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.answer_challenge(
            challenge=one, by=person, at=opened.at, **form.cleaned_data
        ),
        title="Answer a challenge",
        button="Send your answer",
        done="Answered. Whoever raised it has been told.",
        back_url=back_to(one.child_id),
        facts=challenge_rows(one),
    )


def challenge_rows(one: Challenge) -> list[dict[str, Any]]:
    rows = [
        told.row("About", one.get_about_display()),
        told.row("In words", one.words),
        told.row("Raised by", f"{one.raised_by.name}, {one.raised_as}"),
        told.row("Raised on", long_date(one.raised_on)),
        told.row("With", one.to_name),
        told.row("Answer wanted by", long_date(one.due_on)),
    ]
    if one.answered_on is not None:
        who = one.answered_by.name if one.answered_by else ""
        rows += [
            told.row("Answer", f"{one.get_outcome_display()}, {who}, {long_date(one.answered_on)}"),
            told.row("Answer in words", one.answer),
        ]
    return rows
