"""A review as its page tells it: the child's words first, then who said what, what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from backend.casework.gate import may_take
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.events import KINDS, Depth
from backend.grammar.roles import Role
from backend.records.codes import CommunicationMode, EvidenceSource
from backend.records.models import Child
from frontend.parts.words import listed, long_date
from workflows.reviews.models import (
    ALWAYS_ASKED,
    Challenge,
    Consultation,
    Consulted,
    Decision,
    Review,
)
from workflows.reviews.queries import fact_id, gaps_in
from workflows.reviews.table import (
    ADJOURNED,
    CIRCULATED,
    COMING,
    CONVENED,
    DECIDED,
    HELD,
    ON_ITS_WAY,
    PREPARED,
    RECORDED,
    TABLE,
)

#: The pages of the steps, in the order of the buttons; ``answer`` is one page for two steps.
STEP_PAGES: Mapping[str, tuple[str, ...]] = {
    "hear": ("hear",),
    "consult": ("consult",),
    "contact": ("contact",),
    "send": ("send",),
    "prepare": ("prepare",),
    "hold": ("hold",),
    "adjourn": ("adjourn",),
    "resume": ("resume",),
    "decide": ("decide",),
    "answer": ("agree", "dispute"),
    "record": ("record",),
    "circulate": ("circulate",),
    "close": ("close",),
    "evidence": ("evidence",),
    "rearrange": ("rearrange",),
    "cancel": ("cancel",),
    "amend": ("amend",),
    "void": ("void",),
}
WORDS = {"answer": "Answer the decisions"}
#: Seldom needed, and not to be pressed by mistake: shown as links under the buttons.
RARE = ("rearrange", "cancel", "amend", "void")
#: Listed with how they stand while a review is on its way; not shown as buttons as well.
TASKS = ("hear", "consult", "contact", "send")
#: What comes next from each state, for those who may do it.
NEXT = {
    PREPARED: ("hold",),
    ADJOURNED: ("hear", "resume"),
    HELD: ("decide",),
    DECIDED: ("answer", "record"),
    RECORDED: ("answer", "circulate"),
    CIRCULATED: ("answer", "close"),
}
YES_NO = {True: "Yes", False: "No", None: ""}


def row(term: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        value = YES_NO[value]
    return {"term": term, "value": value or ""}


def ways_in_words(ways: Iterable[str]) -> str:
    return listed([str(CommunicationMode(way).label).lower() for way in ways]).capitalize()


def is_advocate_only(parts: frozenset[Role]) -> bool:
    """An advocate speaks for the child and is no party to a dispute between professionals."""
    return parts <= {Role.ADVOCATE} and bool(parts)


# What may be done


@dataclass(frozen=True)
class Steps:
    """What this reader may do with a review now."""

    buttons: list[dict[str, Any]]
    rare: list[dict[str, Any]]


def steps_of(review: Review, parts: frozenset[Role]) -> Steps:
    possible = {step.name: step for step in may_take(review, parts)}
    for name in not_yet(review):
        possible.pop(name, None)
    first = next_step(review, frozenset(possible))
    listed = TASKS if review.state in ON_ITS_WAY else ()
    buttons, rare = [], []
    for page, names in STEP_PAGES.items():
        found = next((possible[name] for name in names if name in possible), None)
        if found is None or (page in listed and page != first):
            continue
        one = {
            "label": WORDS.get(page, found.words),
            "url": reverse("review_step", args=[review.pk, page]),
            "is_primary": page == first,
        }
        (rare if page in RARE else buttons).append(one)
    return Steps(sorted(buttons, key=lambda one: not one["is_primary"]), rare)


def not_yet(review: Review) -> list[str]:
    """Steps that the table allows and that would be refused: nobody fills a form for nothing."""
    names = []
    if review.manager_answered_on is not None:
        names += ["agree", "dispute"]
    if not review.is_child_heard:
        names += ["hold", "resume"]
    if review.state in COMING and gaps_in(review):
        names.append("prepare")
    return names


def next_step(review: Review, possible: frozenset[str]) -> str:
    """The page of the one step that comes next, for those who may take it."""
    if review.state == CONVENED:
        candidates = [] if review.is_child_heard else ["hear"]
        candidates.append("consult" if review.not_yet_asked else "prepare")
    else:
        candidates = list(NEXT.get(TABLE.state(review.state), ()))
    for page in candidates:
        if set(STEP_PAGES[page]) & possible:
            return page
    return ""


# Preparation


def preparation(review: Review, parts: frozenset[Role], clocks: list[Deadline]) -> list[Any]:
    """What is ready and what is missing, each with the page that settles it."""
    possible = {step.name for step in may_take(review, parts)}
    asked: dict[str, Consultation] = {}
    for one in review.consultations.all():
        asked[one.whom] = one

    def url(step: str, query: str = "") -> str:
        if step not in possible:
            return ""
        return reverse("review_step", args=[review.pk, step]) + query

    tasks = [task_for_child(review, url("hear"))]
    for whom in ALWAYS_ASKED:
        given = asked.get(whom)
        tasks.append(
            {
                "name": f"Views: {Consulted(whom).label.lower()}",
                "url": url("consult", f"?whom={whom}"),
                "status": given.get_outcome_display() if given else "Not yet asked",
                "is_done": given is not None,
            }
        )
    if review.state in COMING:
        due = {clock.rule: clock.last_day for clock in clocks}
        tasks += [
            {
                "name": "Social worker and IRO have spoken",
                "url": url("contact"),
                "hint": due_words(due.get("iro.contacted")),
                "status": long_date(review.iro_contacted_on) or "Not recorded",
                "is_done": review.iro_contacted_on is not None,
            },
            {
                "name": "Care, education and health plans with the IRO",
                "url": url("send"),
                "hint": due_words(due.get("iro.documents")),
                "status": long_date(review.documents_sent_on) or "Not recorded",
                "is_done": review.documents_sent_on is not None,
            },
        ]
    return tasks


def due_words(day: date | None) -> str:
    return f"By {long_date(day)}" if day else ""


def task_for_child(review: Review, url: str) -> dict[str, Any]:
    if review.heard_on is not None:
        alone = "alone" if review.was_heard_alone else "not alone"
        status = f"{long_date(review.heard_on)}, {alone}"
    elif review.not_heard:
        status = "Not heard, with a reason"
    else:
        status = "Not recorded"
    return {
        "name": "The IRO's time with the child",
        "url": url,
        "status": status,
        "is_done": review.is_child_heard,
    }


# The child, first


@dataclass(frozen=True)
class ChildsWords:
    """What the child said or showed, to whom and when."""

    title: str
    own_words: str
    paraphrase: str
    ways: str


def childs_words(review: Review) -> list[ChildsWords]:
    """Everything the child said for this review, as it was said; never only what was understood."""
    found = []
    if review.heard_words:
        alone = "alone" if review.was_heard_alone else "not alone"
        title = f"To the IRO on {long_date(review.heard_on)}, {alone}"
        found.append(ChildsWords(title, review.heard_words, "", ways_in_words(review.heard_by)))
    for one in review.consultations.all():
        if one.whom == Consulted.CHILD and one.outcome == Consultation.Outcome.VIEWS:
            title = f"To {one.recorded_by.name} on {long_date(one.consulted_on)}"
            ways = ways_in_words(one.communicated_by)
            found.append(ChildsWords(title, one.own_words, one.paraphrase, ways))
    return found


def others_views(review: Review) -> list[dict[str, Any]]:
    return [
        {
            "whom": f"{one.get_whom_display()}{f' ({one.who})' if one.who else ''}",
            "outcome": one.get_outcome_display(),
            "on": one.consulted_on,
            "own_words": one.own_words,
            "paraphrase": one.paraphrase,
            "reason": one.reason,
        }
        for one in review.consultations.all()
        if one.whom != Consulted.CHILD or one.outcome != Consultation.Outcome.VIEWS
    ]


# Facts in cards


def cards_of(review: Review, parts: frozenset[Role]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is recorded of a review, part by part; a part that has not come yet is left out."""
    cards = [("When and where", when_rows(review))]
    if review.opened_on is not None and not review.is_historic:
        cards.append(("How the child took part", part_rows(review)))
    if review.decisions_issued_on is not None:
        cards.append(("The plan, and distance from home", plan_rows(review)))
        cards.append(("The manager's answer", manager_rows(review, parts)))
    if review.recorded_on is not None:
        cards.append(("The record", record_rows(review)))
    return cards


def when_rows(review: Review) -> list[dict[str, Any]]:
    rows = [
        row("Convened for", long_date(review.convened_for)),
        row("Where", review.venue),
        row("Lived at" if review.opened_on else "Lives at", where_words(review)),
    ]
    if review.is_historic:
        return [
            row("Held", long_date(review.opened_on)),
            row("How this is known", "Read from a return: only its day and its code are known"),
            row("Part taken", review.get_participation_display()),
        ]
    if review.not_heard:
        why = f"{review.get_not_heard_display()}. {review.not_heard_why}"
        rows.append(row("Why the IRO did not speak with the child", why))
    elif review.not_heard_why:
        rows.append(row("Why the IRO did not see the child alone", review.not_heard_why))
    if review.opened_on is not None:
        rows.append(row("Chaired by", review.chair.name if review.chair else ""))
        rows.append(row("Opened", long_date(review.opened_on)))
        if review.adjourned_why:
            rows.append(row("Adjourned because", review.adjourned_why))
            rows.append(row("To resume", long_date(review.resumes_on)))
        rows.append(row("Completed", long_date(review.completed_on) or "Not yet"))
        if review.unprepared_why:
            rows.append(row("Held without being prepared because", review.unprepared_why))
    if review.reason:
        rows.append(row("Called off or in error because", review.reason))
    return rows


def where_words(review: Review) -> str:
    return review.placement.where if review.placement else ""


def part_rows(review: Review) -> list[dict[str, Any]]:
    code = review.participation
    there = [f"{one.name} ({one.get_part_display().lower()})" for one in review.attendees.all()]
    rows = [
        row("Part taken", f"{code}: {review.get_participation_display()}" if code else ""),
        row("Views came across by", ways_in_words(review.conveyed_by)),
        row("What was done so that the child could take part", review.adjustments),
    ]
    if review.no_part_why:
        rows.append(row("Why the child had no part", review.no_part_why))
        rows.append(row("What must change", review.no_part_change))
    advocate = YES_NO[review.was_advocate_present]
    if review.advocate_why_not:
        advocate = f"No. {review.advocate_why_not}"
    rows += [
        row("Advocate invited", review.was_advocate_invited),
        row("Advocate there", advocate),
        row("Who was there", "\n".join(there)),
    ]
    if not review.is_meeting:
        rows.append(row("Meeting", "None was held"))
    return rows


def plan_rows(review: Review) -> list[dict[str, Any]]:
    return [
        row(
            "Does the IRO endorse the plan?",
            f"{YES_NO[review.is_plan_endorsed]}. {review.endorsement_why}",
        ),
        row(
            "Could this child now live nearer home?",
            f"{YES_NO[review.could_live_nearer]}. {review.could_live_nearer_why}",
        ),
        row("Next review", long_date(review.next_review_on)),
        row("Decisions issued", long_date(review.decisions_issued_on)),
    ]


def manager_rows(review: Review, parts: frozenset[Role]) -> list[dict[str, Any]]:
    if review.manager_answered_on is None:
        return [row("Answer", "Nothing is recorded yet")]
    if not review.manager_agrees and is_advocate_only(parts):
        return [row("Answer", f"Answered on {long_date(review.manager_answered_on)}")]
    agreed = "Agreed" if review.manager_agrees else "Disputed"
    who = f" by {review.manager.name}" if review.manager else ""
    rows = [row("Answer", f"{agreed}{who} on {long_date(review.manager_answered_on)}")]
    if review.manager_answer:
        rows.append(row("In words", review.manager_answer))
    if review.settled_how:
        rows.append(row("How it was settled", review.settled_how))
    return rows


def record_rows(review: Review) -> list[dict[str, Any]]:
    rows = [
        row("Recorded", long_date(review.recorded_on)),
        row("What was discussed", review.discussion),
        row("What changes in the plan", review.plan_changes),
        row("Child told how to complain, and about advocacy", review.was_told_of_rights),
    ]
    if review.circulated_on is not None:
        rows += [
            row("Sent out", long_date(review.circulated_on)),
            row("To", review.circulated_to),
            row("How the child was given the decisions", review.child_version),
        ]
    if review.closed_on is not None:
        rows.append(row("Closed", long_date(review.closed_on)))
    return rows


# Evidence


@dataclass(frozen=True)
class Weight:
    """How many things are known from one source."""

    label: str
    number: int


def sources_of(review: Review) -> list[Weight]:
    counted = review.sources
    return [
        Weight(str(source.label), counted[source]) for source in EvidenceSource if counted[source]
    ]


# Decisions


def decisions_of(review: Review, parts: frozenset[Role], on: date) -> list[dict[str, Any]]:
    may = TABLE["complete"]
    may_complete = review.state in may.when and bool(parts & set(may.who))
    return [
        {
            "decision": one,
            "is_overdue": one.is_overdue(on),
            "words": decision_words(one, on),
            "done_url": reverse("decision_done", args=[one.pk])
            if may_complete and one.done_on is None
            else "",
        }
        for one in review.decisions.all()
    ]


def decision_words(decision: Decision, on: date) -> str:
    if decision.done_on is not None:
        late = (decision.done_on - decision.due_on).days
        return f"Done {long_date(decision.done_on)}" + (f", {late} days late" if late > 0 else "")
    if decision.is_overdue(on):
        return "Day passed, nothing recorded"
    return "To be done"


# Clocks and what happened


def clocks_of(review: Review) -> list[Deadline]:
    """The dates that belong to this review, and those it was to meet."""
    fact = fact_id(review.pk)
    mine = Q(key__endswith=f":{fact}") & (Q(key__startswith="iro:") | Q(key__startswith="review:"))
    rows = Deadline.objects.filter(mine, child=review.child_id)
    return list(rows.order_by("due_on", "pk"))


def standing_and_settled(clocks: list[Deadline]) -> tuple[list[Deadline], list[Deadline]]:
    """The dates that somebody must still act on, and those that are done with."""
    standing = [clock for clock in clocks if clock.is_standing]
    return standing, [clock for clock in clocks if not clock.is_standing]


def happened_to(review: Review, parts: frozenset[Role]) -> list[dict[str, Any]]:
    depths = [Depth.CARD, Depth.RECORD]
    if parts and not is_advocate_only(parts):
        depths.append(Depth.RESTRICTED)
    events = Event.objects.filter(about=review.about, depth__in=depths).order_by("-at", "-pk")
    return [
        {
            "title": event.sentence if event.name in KINDS else "Something was recorded.",
            "by": event.by_name,
            "at": event.at,
        }
        for event in events
    ]


FIELD_WORDS = {
    "opened_on": "When it was held",
    "completed_on": "When it was completed",
    "participation": "How the child took part",
    "conveyed_by": "How the child's views came across",
    "adjustments": "What was done so that the child could take part",
    "no_part_why": "Why the child had no part",
    "no_part_change": "What must change",
    "advocate_why_not": "Why no advocate was there",
    "heard_words": "What the child said or showed to the IRO",
    "not_heard_why": "Why not heard, or not alone",
    "endorsement_why": "Why the plan is endorsed, or not",
    "could_live_nearer_why": "What the answer about distance rests on",
    "discussion": "What was discussed",
    "plan_changes": "What changes in the plan",
    "child_version": "How the child was given the decisions",
}


def earlier_texts(review: Review) -> list[dict[str, Any]]:
    return [
        {
            "what": FIELD_WORDS.get(one.field, one.field),
            "before": one.before or "Nothing was recorded",
            "why": one.why,
            "by": one.by.name,
            "at": one.at,
        }
        for one in review.amendments.all()
    ]


# The reviews of a child


def may_answer(challenge: Challenge, person_id: int, parts: frozenset[Role]) -> bool:
    return challenge.answered_on is None and challenge.raised_by_id != person_id


CONVENES = TABLE["convene"].who


def child_steps(
    child: Child, parts: frozenset[Role], coming: Review | None
) -> list[dict[str, Any]]:
    """What somebody with these parts may do about a child's reviews."""
    steps = []
    if coming is None and parts & set(CONVENES):
        steps.append(("Convene a review", "review_convene", True))
    if parts & {Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER}:
        steps.append(("Ask for an early review", "early_review_ask", False))
        steps.append(("Propose a change to the plan", "change_propose", False))
    if Role.IRO in parts:
        steps.append(("Record a look at the case", "iro_check", False))
    if parts - {Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR, Role.LADO}:
        steps.append(("Raise a challenge", "challenge_raise", False))
    return [
        {"label": label, "url": reverse(name, args=[child.pk]), "is_primary": is_primary}
        for label, name, is_primary in steps
    ]
