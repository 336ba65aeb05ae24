"""A review from convening to closing, a page for each step of its table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.access.parts import people_playing
from backend.casework.errors import NotNow
from backend.deadlines.models import Deadline
from backend.grammar.roles import LABELS, Role
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.reviews import asking, forms, told
from frontend.pages.reviews.asking import answers_of, ask, version_read
from frontend.pages.reviews.forms import Several
from frontend.parts.words import long_date
from workflows.reviews import actions
from workflows.reviews.models import Consulted, Review
from workflows.reviews.queries import (
    challenges_visible_to,
    decisions_visible_to,
    fact_id,
    gaps_in,
    next_owed,
    reviews_visible_to,
    with_all_parts,
)
from workflows.reviews.table import CONVENED, ON_ITS_WAY, TABLE

SHORT_BREAKS = ("V3", "V4")
LONG_TERM = ("U1", "U4")
FOUR = 4


def open_review(request: HttpRequest, review_id: int, *, page: str = "") -> tuple[Review, Opened]:
    """A review of a child whose record the reader may see."""
    rows = with_all_parts(reviews_visible_to(person_of(request)))
    one: Review = get_object_or_404(rows, pk=review_id)
    return one, open_child(request, one.child_id, page=page)


@login_required
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Everything recorded of a review, by when each part is due, and what may be done now."""
    one, opened = open_review(request, review_id, page=f"review {review_id}")
    clocks = told.clocks_of(one)
    standing, settled = told.standing_and_settled(clocks)
    share = one.home_share
    sent = request.GET.get("sent", "")
    return render(
        request,
        "reviews/review.html",
        opened.context(
            "child_reviews",
            review=one,
            steps=told.steps_of(one, opened.parts),
            words=told.childs_words(one),
            tasks=told.preparation(one, opened.parts, clocks) if one.state in ON_ITS_WAY else [],
            gaps=gaps_in(one) if one.state in ON_ITS_WAY else [],
            cards=told.cards_of(one, opened.parts),
            views=told.others_views(one),
            evidence=list(one.evidence_given.all()),
            sources=told.sources_of(one),
            share=share,
            home_only=bool(share.of) and share.is_home_alone,
            decisions=told.decisions_of(one, opened.parts, opened.on),
            changes=list(one.changes_considered.all()),
            challenges=list(
                challenges_visible_to(opened.person).filter(review=one).select_related("raised_by")
            ),
            clocks=clocks,
            standing=standing,
            settled=settled,
            happened=told.happened_to(one, opened.parts),
            earlier=told.earlier_texts(one),
            sent_url=reverse("review_draft", args=[one.pk, sent]) if sent in STEPS else "",
        ),
    )


# The steps


@dataclass(frozen=True)
class Asked:
    """A step as its page asks it, for one review and one reader."""

    form: Form
    take: Callable[[dict[str, Any]], object]
    title: str
    button: str
    done: str
    several: tuple[Several[Any], ...] = ()
    more: Mapping[str, Any] | None = None
    drafts: bool = False


Step = Callable[[HttpRequest, Review, Opened], Asked]
STEPS: dict[str, Step] = {}


def step(name: str) -> Callable[[Step], Step]:
    """Names the page of a step; the table says who may take it and when."""

    def register(make: Step) -> Step:
        STEPS[name] = make
        return make

    return register


@login_required
def take_step(request: HttpRequest, review_id: int, step: str) -> HttpResponse:
    """Asks what one step of a review needs, and takes it."""
    if step not in STEPS:
        raise Http404
    one, opened = open_review(request, review_id)
    rows = [TABLE[name] for name in told.STEP_PAGES[step]]
    require(opened, rows[0].who, f"take the step “{told.WORDS.get(step, rows[0].words).lower()}”")
    if request.method != "POST" and all(one.state not in row.when for row in rows):
        raise NotNow(
            f"This review is now: {one.stands_at.label.lower()}. "
            f"“{told.WORDS.get(step, rows[0].words)}” is not possible any more."
        )
    if request.method != "POST" and step in ("hold", "resume") and not one.is_child_heard:
        raise NotNow(
            "Record first that you spoke with the child before the review, or why you did not."
        )
    asked = STEPS[step](request, one, opened)
    who = {"by": opened.person, "at": opened.at, "expects": version_read(request)}
    key = f"review:{one.pk}:{step}"
    sent = request.POST.get("version", "")
    return ask(
        request,
        opened,
        asked.form,
        lambda: asked.take(who),
        title=asked.title,
        button=asked.button,
        done=asked.done,
        back_url=reverse("review", args=[one.pk]),
        several=asked.several,
        draft=key if asked.drafts else "",
        draft_url=reverse("review_draft", args=[one.pk, step]) if asked.drafts else "",
        version=int(sent) if sent.isdecimal() and len(sent) < 10 else one.version,
        current_version=one.version,
        review=one,
        **(asked.more or {}),
    )


@login_required
@require_POST
def keep_draft(request: HttpRequest, review_id: int, step: str) -> HttpResponse:
    """Keeps what is being written for a step of a review, for this reader alone."""
    if step not in STEPS:
        raise Http404
    one, opened = open_review(request, review_id)
    require(opened, TABLE[told.STEP_PAGES[step][0]].who, "write this")
    at = moment_of(request).isoformat()
    if not asking.keep(request, f"review:{one.pk}:{step}", at):
        return JsonResponse({"reason": "This is too long to keep."}, status=413)
    return JsonResponse({"saved_at": at})


def key_of(review: Review, name: str) -> str:
    return f"review:{review.pk}:{name}"


@login_required
def convene(request: HttpRequest, child_id: int) -> HttpResponse:
    """Convenes a review for a day."""
    opened = open_child(request, child_id)
    require(opened, told.CONVENES, "convene a review of this child")
    form = forms.Convene(answers_of(request))
    made: list[Review] = []

    def take() -> None:
        made.append(
            actions.convene_review(
                child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
            )
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Convene a review",
        button="Convene the review",
        done="Review convened. Ask for everybody's views, and speak with the child.",
        back_url=reverse("child_reviews", args=[child_id]),
        owed=next_owed(child_id),
        goes_to=lambda: reverse("review", args=[made[0].pk]),
    )


@step("rearrange")
def rearrange(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Convene(
        answers_of(request), initial={"convened_for": one.convened_for, "venue": one.venue}
    )
    return Asked(
        form,
        lambda who: actions.rearrange_review(review=one, **form.cleaned_data, **who),
        "Change the date of the review",
        "Change the date",
        "The date of the review has changed.",
        more={"owed": next_owed(one.child_id)},
    )


@step("cancel")
def cancel(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Reason(answers_of(request))
    return Asked(
        form,
        lambda who: actions.cancel_review(review=one, **form.cleaned_data, **who),
        "Call the review off",
        "Call it off",
        "The review is called off. What the law wants, and by when, stays as it is.",
        more={"intro": "The date by which the case must be reviewed does not change."},
    )


@step("consult")
def consult(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    whom = request.GET.get("whom", "")
    form = forms.Consult(
        answers_of(request, key_of(one, "consult")),
        initial={
            "whom": whom if whom in Consulted.values else None,
            "communicated_by": opened.child.communicates_by if whom == Consulted.CHILD else [],
            "consulted_on": opened.on,
        },
    )
    return Asked(
        form,
        lambda who: actions.record_views(review=one, views=form.answers(), **who),
        "Record somebody's views",
        "Record",
        "Recorded.",
        more={"profile": opened.child},
        drafts=True,
    )


@step("hear")
def hear(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    initial = {
        "heard_on": one.heard_on,
        "was_heard_alone": one.was_heard_alone,
        "heard_by": one.heard_by or opened.child.communicates_by,
        "heard_words": one.heard_words,
        "not_heard": one.not_heard,
        "heard": {True: True, False: None}[one.heard_on is not None]
        if not one.not_heard
        else False,
        "not_alone_why": one.not_heard_why,
        "not_heard_why": one.not_heard_why,
    }
    form = forms.Hear(answers_of(request, key_of(one, "hear")), initial=initial)
    return Asked(
        form,
        lambda who: actions.hear_child(review=one, heard=form.answers(), **who),
        "Your time with the child",
        "Record",
        "Recorded.",
        more={"profile": opened.child},
        drafts=True,
    )


@step("contact")
def contact(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Contacted(answers_of(request), initial={"contacted_on": opened.on})
    return Asked(
        form,
        lambda who: actions.contact_iro(review=one, **form.cleaned_data, **who),
        "Social worker and IRO have spoken",
        "Record",
        "Recorded.",
    )


@step("send")
def send(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Sent(answers_of(request), initial={"sent_on": opened.on})
    return Asked(
        form,
        lambda who: actions.send_documents(review=one, **form.cleaned_data, **who),
        "Send the plans to the IRO",
        "Record",
        "Recorded. The IRO has been told.",
    )


@step("prepare")
def prepare(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Nothing(answers_of(request))
    missing = gaps_in(one)
    return Asked(
        form,
        lambda who: actions.prepare_review(review=one, **who),
        "Is everything prepared?",
        "Everything is prepared",
        "The review is prepared.",
        more={"missing": missing},
    )


@step("evidence")
def evidence(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.GiveEvidence(answers_of(request, key_of(one, "evidence")))
    return Asked(
        form,
        lambda who: actions.add_evidence(review=one, evidence=form.cleaned_data, **who),
        "Add evidence",
        "Add",
        "Evidence added.",
        more={"intro": one.home_share.words + "."},
        drafts=True,
    )


# Holding


def fitted(form: Any, one: Review, opened: Opened) -> Any:
    """The outcome's questions, without those that do not arise for this child."""
    day = one.opened_on or one.convened_for or opened.on
    statuses = opened.child.legal_statuses.filter(ended_on__isnull=True)
    has_code = not statuses.filter(code__in=SHORT_BREAKS).exists()
    placement = opened.placement
    return form.fit(
        is_prepared=one.state != CONVENED,
        may_have_no_meeting=placement is not None and placement.place in LONG_TERM,
        is_under_four=opened.child.age_on(day) < FOUR,
        has_code=has_code,
    )


def there(request: HttpRequest, one: Review, name: str) -> Several[forms.Attended]:
    answers = answers_of(request, key_of(one, name))
    return Several(forms.Attended, "there", answers, begins_with=4)


def outcome_of(answers: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    return {
        name: value
        for name, value in answers.items()
        if name not in left_out and not (name == "participation" and value is None)
    }


@step("hold")
def hold(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Hold(
        answers_of(request, key_of(one, "hold")),
        initial={"opened_on": min(one.convened_for or opened.on, opened.on)},
    )
    fitted(form, one, opened)
    attended = there(request, one, "hold")
    return Asked(
        form,
        lambda who: actions.hold_review(
            review=one,
            opened_on=form.cleaned_data["opened_on"],
            outcome=outcome_of(form.cleaned_data, "opened_on"),
            attendees=attended.answers(),
            **who,
        ),
        "Record the review meeting",
        "Record the meeting",
        "The review is held. Its decisions are due in writing within five working days.",
        several=(attended,),
        more={
            "profile": opened.child,
            "missing": gaps_in(one),
            "entries": "Who was there",
            "entry_name": "Person",
        },
        drafts=True,
    )


@step("adjourn")
def adjourn(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Adjourn(
        answers_of(request), initial={"opened_on": min(one.convened_for or opened.on, opened.on)}
    )
    return Asked(
        form,
        lambda who: actions.adjourn_review(review=one, **form.cleaned_data, **who),
        "Adjourn the review",
        "Adjourn",
        "The review is adjourned. The day it opened governs the next dates.",
        more={
            "intro": "The day on which a review opens governs when the next is due; the day it "
            "is completed is kept as well."
        },
    )


@step("resume")
def resume(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Resume(
        answers_of(request, key_of(one, "resume")), initial={"completed_on": opened.on}
    )
    fitted(form, one, opened)
    attended = there(request, one, "resume")
    return Asked(
        form,
        lambda who: actions.resume_review(
            review=one,
            completed_on=form.cleaned_data["completed_on"],
            outcome=outcome_of(form.cleaned_data, "completed_on"),
            attendees=attended.answers(),
            **who,
        ),
        "Record the resumed meeting",
        "Record the meeting",
        "The adjourned review is completed.",
        several=(attended,),
        more={"profile": opened.child, "entries": "Who was there", "entry_name": "Person"},
        drafts=True,
    )


# Deciding


def owners_of(opened: Opened) -> list[tuple[Any, str]]:
    playing = people_playing(
        (
            Role.SOCIAL_WORKER,
            Role.TEAM_MANAGER,
            Role.IRO,
            Role.ADVOCATE,
            Role.REGISTERED_MANAGER,
            Role.SERVICE_MANAGER,
        ),
        opened.child,
        opened.on,
    )
    return [(person, LABELS[role]) for person, role in playing]


@step("decide")
def decide(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    people = owners_of(opened)
    answers = answers_of(request, key_of(one, "decide"))
    form = forms.Answers(answers)
    decisions = Several(forms.decided_for(people), "decision", answers, begins_with=1)
    by_id = {str(person.pk): person for person, _ in people}

    def rows() -> list[dict[str, Any]]:
        return [{**row, "owner": by_id.get(row["owner"])} for row in decisions.answers()]

    return Asked(
        form,
        lambda who: actions.issue_decisions(
            review=one, answers=form.cleaned_data, decisions=rows(), **who
        ),
        "Issue the decisions",
        "Issue the decisions",
        "Decisions issued. The manager has been told, and has five working days to answer.",
        several=(decisions,),
        more={
            "next_due": next_due(one),
            "nearer_words": nearer_words(opened),
            "entries": "Decisions",
            "entry_name": "Decision",
        },
        drafts=True,
    )


def next_due(one: Review) -> Deadline | None:
    """By when the law wants the review after this one."""
    return Deadline.objects.filter(
        child=one.child_id, key=f"review:after:{fact_id(one.pk)}", status="open"
    ).first()


def nearer_words(opened: Opened) -> str:
    """What was answered about distance when the child was placed."""
    placement = opened.placement
    if placement is None or placement.could_live_nearer is None:
        return ""
    answer = "yes" if placement.could_live_nearer else "no"
    since = long_date(placement.started_on)
    why = placement.could_live_nearer_reason
    return f"When the placement began on {since} the answer was {answer}. {why}".strip()


@step("answer")
def answer(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.AnswerDecisions(answers_of(request))
    return Asked(
        form,
        lambda who: actions.answer_decisions(
            review=one,
            agrees=form.cleaned_data["agrees"],
            answer=form.cleaned_data["answer"] or "",
            **who,
        ),
        "Answer the decisions",
        "Send your answer",
        "Your answer is recorded. The IRO has been told.",
        more={"decisions": list(one.decisions.all())},
    )


@step("record")
def record(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Record(answers_of(request, key_of(one, "record")))
    return Asked(
        form,
        lambda who: actions.record_review(review=one, **form.cleaned_data, **who),
        "Complete the record",
        "Complete the record",
        "The record is complete.",
        drafts=True,
    )


@step("circulate")
def circulate(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Circulate(answers_of(request))
    return Asked(
        form,
        lambda who: actions.circulate_review(review=one, **form.cleaned_data, **who),
        "Send the record out",
        "Record that it was sent",
        "Recorded.",
    )


@step("close")
def close(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form: Form
    if one.manager_agrees is False:
        form = forms.Close(answers_of(request))
    else:
        form = forms.Nothing(answers_of(request))
    return Asked(
        form,
        lambda who: actions.close_review(review=one, **form.cleaned_data, **who),
        "Close the review",
        "Close the review",
        "The review is closed.",
        more={"intro": one.home_share.words + "."},
    )


@step("amend")
def amend(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    names = [name for name in forms.Amend.base_fields if name != "why"]
    standing = {name: getattr(one, name) for name in names}
    form = forms.Amend(answers_of(request), initial=standing)
    for name in names:
        if not standing[name] and name not in ("discussion", "plan_changes"):
            del form.fields[name]

    def take(who: dict[str, Any]) -> object:
        changes = {
            name: value
            for name, value in form.cleaned_data.items()
            if name in standing and value != standing[name]
        }
        return actions.amend_review(
            review=one, changes=changes, why=form.cleaned_data["why"], **who
        )

    return Asked(
        form,
        take,
        "Amend the record",
        "Amend",
        "Amended. What the record said before is kept.",
        more={"intro": "Each text as it stood before stays on the page."},
    )


@step("void")
def void(request: HttpRequest, one: Review, opened: Opened) -> Asked:
    form = forms.Void(answers_of(request))
    return Asked(
        form,
        lambda who: actions.void_review(review=one, **form.cleaned_data, **who),
        "Mark the review as entered in error",
        "Mark as entered in error",
        "Marked as entered in error. It stays on the record and meets no date.",
    )


@login_required
def decision_done(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Records that a decision was carried out."""
    decision = get_object_or_404(
        decisions_visible_to(person_of(request)).select_related("review"), pk=decision_id
    )
    opened = open_child(request, decision.review.child_id)
    require(opened, TABLE["complete"].who, "record that this decision was carried out")
    form = forms.Done(answers_of(request), initial={"done_on": opened.on})

    def take() -> object:
        return actions.complete_decision(
            decision=decision,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="A decision has been carried out",
        button="Record",
        done="Recorded. The IRO has been told.",
        back_url=reverse("review", args=[decision.review_id]),
        version=version_read(request) or decision.review.version,
        current_version=decision.review.version,
        intro=f"{decision.what} ({decision.owner_name}, by {long_date(decision.due_on)})",
    )
