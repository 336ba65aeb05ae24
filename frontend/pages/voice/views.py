"""What a child said and what came of it, a page for each step; and their advocate."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.access.parts import people_playing
from backend.casework.errors import NotNow
from backend.casework.gate import may_take
from backend.grammar.roles import LABELS, Role
from backend.records.models import Advocacy
from frontend.forms import Form
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.children.told import row
from frontend.pages.reviews.asking import answers_of, ask, version_read
from frontend.pages.reviews.told import ways_in_words
from frontend.pages.voice import forms
from frontend.parts.lists import page_of
from frontend.parts.words import long_date
from workflows.voice import actions
from workflows.voice.models import View
from workflows.voice.queries import (
    advocacy_visible_to,
    standing_offer,
    views_visible_to,
    with_words,
)
from workflows.voice.table import ANSWERED, HEARD, LISTENERS, TABLE, TOLD, VOID

TAB = "child_voice"
OWNERS = (
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.IRO,
    Role.ADVOCATE,
    Role.SERVICE_MANAGER,
)
#: What comes next for a view, so that one thing stands out.
NEXT = {HEARD: "answer", ANSWERED: "tell"}
WORDS = {
    "answer": "Answer it",
    "tell": "Record that the child was told",
    "keep": "What was promised is done",
    "void": "Entered in error",
}


@login_required
def voice(request: HttpRequest, child_id: int) -> HttpResponse:
    """Everything a child said, newest first, each with its answer; and who speaks for them."""
    opened = open_child(request, child_id, page="voice")
    child = opened.child
    rows = View.objects.filter(child=child).exclude(state=str(VOID))
    page = page_of(
        rows.select_related("heard_by", "action_owner", "answered_by", "told_by"), request
    )
    standing = standing_offer(child)
    may_offer = opened.plays(*actions.OFFERS_ADVOCATES)
    steps = []
    if opened.plays(*LISTENERS):
        url = reverse("view_hear", args=[child.pk])
        steps.append({"label": "Write down what the child said", "url": url, "is_primary": True})
    if may_offer and standing is None:
        url = reverse("advocate_offer", args=[child.pk])
        steps.append({"label": "Offer an advocate", "url": url, "is_primary": False})
    return render(
        request,
        "voice/voice.html",
        opened.context(
            TAB,
            page=page,
            entries=[entry_of(one, opened.parts) for one in with_words(page.object_list)],
            steps=steps,
            advocates=[advocate_of(one, opened) for one in child.advocacy.all()],
        ),
    )


def entry_of(view: View, parts: frozenset[Role]) -> dict[str, Any]:
    """One thing a child said: the words, wherever they are kept, then what came of it."""
    kept = view.words_elsewhere
    promise = ""
    if view.is_promise:
        promise = f"{view.action} ({view.owner_words}, by {long_date(view.act_by)})"
    elif view.reason_not:
        promise = f"Will not be done: {view.reason_not}"
    room, _, number = view.reference.partition("/")
    url = ""
    if number.isdigit() and room in ("visits", "reviews"):
        url = reverse(room.removesuffix("s"), args=[int(number)])
    steps = {step.name: step for step in may_take(view, parts)}
    if not view.is_promise or view.kept_on is not None:
        steps.pop("keep", None)
    if view.state == TOLD:
        steps.pop("answer", None)
    return {
        "view": view,
        "own_words": kept.own_words if kept else view.own_words,
        "paraphrase": kept.paraphrase if kept else view.paraphrase,
        "ways": ways_in_words(kept.communicated_by if kept else view.communicated_by).lower(),
        "helped_by": (kept.helped_by if kept else view.helped_by).rstrip("."),
        "url": url,
        "answer": promise,
        "steps": [
            {"label": WORDS[name], "url": reverse("view_step", args=[view.pk, name])}
            for name in ("answer", "tell", "keep", "void")
            if name in steps
        ],
    }


@login_required
def hear(request: HttpRequest, child_id: int) -> HttpResponse:
    """Writes down what a child said, and opens the clock to answer it."""
    opened = open_child(request, child_id)
    require(opened, LISTENERS, "write down what this child said")
    form = forms.Hear(
        answers_of(request),
        initial={"communicated_by": opened.child.communicates_by, "said_on": opened.on},
    )
    return ask(
        request,
        opened,
        form,
        lambda: actions.hear_view(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="What the child said",
        button="Write it down",
        done="Written down. It is owed an answer.",
        back_url=reverse(TAB, args=[child_id]),
        tab=TAB,
        profile=opened.child,
    )


def owners_of(opened: Opened) -> list[tuple[Any, str]]:
    playing = people_playing(OWNERS, opened.child, opened.on)
    return [(person, LABELS[role]) for person, role in playing]


Taken = tuple[Form, Callable[..., object], str, str, str]


def answering(request: HttpRequest, view: View, opened: Opened) -> Taken:
    people = owners_of(opened)
    by_id = {str(person.pk): person for person, _ in people}
    form = forms.AnswerView(answers_of(request)).offer(people)

    def take(**who: Any) -> object:
        given = form.cleaned_data
        return actions.answer_view(
            view=view,
            action=given["action"] or "",
            owner=by_id.get(given["action_owner"] or ""),
            owner_name=given["action_owner_name"] or "",
            act_by=given["act_by"],
            reason_not=given["reason_not"] or "",
            **who,
        )

    return form, take, "Answer what the child said", "Answer", "Answered. Now tell the child."


def telling(request: HttpRequest, view: View, opened: Opened) -> Taken:
    form = forms.Tell(answers_of(request), initial={"told_on": opened.on})
    return (
        form,
        lambda **who: actions.tell_child(view=view, **form.cleaned_data, **who),
        "Tell the child what came of it",
        "Record",
        "Recorded that the child was told.",
    )


def keeping(request: HttpRequest, view: View, opened: Opened) -> Taken:
    form = forms.Keep(answers_of(request), initial={"kept_on": opened.on})
    return (
        form,
        lambda **who: actions.keep_promise(view=view, **form.cleaned_data, **who),
        "What was promised is done",
        "Record",
        "Recorded.",
    )


def voiding(request: HttpRequest, view: View, opened: Opened) -> Taken:
    form = forms.Void(answers_of(request))
    return (
        form,
        lambda **who: actions.void_view(view=view, **form.cleaned_data, **who),
        "Mark as entered in error",
        "Mark as entered in error",
        "Marked as entered in error.",
    )


STEPS: dict[str, Callable[[HttpRequest, View, Opened], Taken]] = {
    "answer": answering,
    "tell": telling,
    "keep": keeping,
    "void": voiding,
}


@login_required
def take_step(request: HttpRequest, view_id: int, step: str) -> HttpResponse:
    """Takes one step with something a child said."""
    if step not in STEPS:
        raise Http404
    view = get_object_or_404(views_visible_to(person_of(request)), pk=view_id)
    opened = open_child(request, view.child_id)
    wanted = TABLE[step]
    require(opened, wanted.who, f"take the step “{wanted.words.lower()}”")
    if request.method != "POST" and view.state not in wanted.when:
        raise NotNow(
            f"This is now: {view.stands_at.label.lower()}. “{wanted.words}” is not possible now."
        )
    form, take, title, button, done = STEPS[step](request, view, opened)
    entry = entry_of(with_words([view])[0], opened.parts)
    facts = [row("The child said or showed", entry["own_words"])]
    if entry["answer"]:
        facts.append(row("Answer", entry["answer"]))
    return ask(
        request,
        opened,
        form,
        lambda: take(by=opened.person, at=opened.at, expects=version_read(request)),
        title=title,
        button=button,
        done=done,
        back_url=reverse(TAB, args=[view.child_id]),
        tab=TAB,
        version=version_read(request) or view.version,
        current_version=view.version,
        facts=facts,
    )


# Advocates


def advocate_of(one: Advocacy, opened: Opened) -> dict[str, Any]:
    """One offer of an advocate, and what may be done with it now."""
    independent = {True: "Yes", False: "No", None: ""}[one.is_independent]
    rows = [
        row("Offered", f"{long_date(one.offered_on)}. {one.how_offered}"),
        row("Basis", one.get_basis_display()),
        row("Answer", f"{one.get_answer_display()} {long_date(one.answered_on)}".strip()),
        row("Advocate", ", ".join(filter(None, (one.advocate_name, one.organisation)))),
        row("Commissioned by", one.commissioned_by),
        row("Independent of the home and its owner", independent),
    ]
    if one.ended_on is not None:
        rows.append(row("Ended", long_date(one.ended_on)))
    return {"title": f"Advocate offered {long_date(one.offered_on)}", "rows": rows} | {
        "actions": advocate_steps(one, opened)
    }


def advocate_steps(one: Advocacy, opened: Opened) -> list[dict[str, str]]:
    if one.ended_on is not None:
        return []
    steps = []
    if one.answer == Advocacy.Answer.WAITING and opened.plays(*actions.OFFERS_ADVOCATES):
        steps.append(("Record the answer", "answer"))
    if one.answer == Advocacy.Answer.ACCEPTED and opened.plays(*actions.RECORDS_ADVOCACY):
        steps.append(("Name the advocate", "appoint"))
    if one.answer != Advocacy.Answer.DECLINED and opened.plays(*actions.RECORDS_ADVOCACY):
        steps.append(("End", "end"))
    return [
        {"label": label, "url": reverse("advocate_step", args=[one.pk, name])}
        for label, name in steps
    ]


@login_required
def offer(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that an advocate was offered, and how that was explained."""
    opened = open_child(request, child_id)
    require(opened, actions.OFFERS_ADVOCATES, "offer this child an advocate")
    form = forms.Offer(answers_of(request), initial={"offered_on": opened.on})
    return ask(
        request,
        opened,
        form,
        lambda: actions.offer_advocate(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Offer an advocate",
        button="Record the offer",
        done="The offer is recorded.",
        back_url=reverse(TAB, args=[child_id]),
        tab=TAB,
        profile=opened.child,
    )


@login_required
def advocate_step(request: HttpRequest, advocacy_id: int, step: str) -> HttpResponse:
    """Records the answer to an offer, who the advocate is, or that their work ended."""
    one = get_object_or_404(advocacy_visible_to(person_of(request)), pk=advocacy_id)
    opened = open_child(request, one.child_id)
    form: Form
    if step == "answer":
        form = forms.AnswerOffer(answers_of(request), initial={"answered_on": opened.on})
        roles, act, title = actions.OFFERS_ADVOCATES, actions.answer_offer, "The child's answer"
    elif step == "appoint":
        form = forms.Appoint(
            answers_of(request),
            initial={
                "advocate_name": one.advocate_name,
                "organisation": one.organisation,
                "commissioned_by": one.commissioned_by,
                "is_independent": one.is_independent,
            },
        )
        roles, act, title = actions.RECORDS_ADVOCACY, actions.appoint_advocate, "Name the advocate"
    elif step == "end":
        form = forms.End(answers_of(request), initial={"ended_on": opened.on})
        roles, act, title = actions.RECORDS_ADVOCACY, actions.end_advocacy, "End the advocacy"
    else:
        raise Http404
    require(opened, roles, "record this about the child's advocate")
    return ask(
        request,
        opened,
        form,
        lambda: act(advocacy=one, by=opened.person, at=opened.at, **form.cleaned_data),
        title=title,
        button="Record",
        done="Recorded.",
        back_url=reverse(TAB, args=[one.child_id]),
        tab=TAB,
    )
