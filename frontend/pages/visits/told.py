"""A visit as its page tells it: every fact with how it is known."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from backend.casework.gate import may_take
from backend.grammar.roles import Role
from backend.records.codes import CommunicationMode
from backend.records.codes import EvidenceSource as Source
from frontend.pages.visits.forms import LABELS, PLAN, PLAN_ANSWERS
from frontend.parts.words import capital, count_of, listed, long_moment
from workflows.visits.models import Amendment, Behaviour, Visit
from workflows.visits.table import ARRANGED, MADE, MISSED

#: Where each step of a visit is taken, in the order of the buttons.
STEP_PAGES = {
    "record": "visit_record_arranged",
    "attempt": "visit_attempted",
    "arrange": "visit_rearrange",
    "miss": "visit_missed",
    "amend": "visit_amend",
    "void": "visit_void",
}
STEP_WORDS = {"arrange": "Change the time"}
SAW = "the visitor"
CHILD = "the child"


def steps_of(visit: Visit, parts: frozenset[Role]) -> list[dict[str, Any]]:
    """What somebody with these parts may do with a visit now."""
    possible = {step.name: step for step in may_take(visit, parts)}
    return [
        {
            "label": STEP_WORDS.get(name, possible[name].words),
            "url": reverse(page, args=[visit.pk]),
            "is_primary": name == "record" and visit.state in (ARRANGED, MISSED),
        }
        for name, page in STEP_PAGES.items()
        if name in possible
    ]


def known(term: str, value: Any, how: str = "") -> dict[str, Any]:
    """A fact, and how it is known."""
    if value is True or value is False:
        value = "Yes" if value else "No"
    if not value:
        return {"term": term, "value": ""}
    if not how:
        return {"term": term, "value": value}
    source = format_html('{}\n<span class="app-source">Source: {}</span>', value, how)
    return {"term": term, "value": source}


def with_detail(answer: str, detail: str) -> str:
    return "\n".join(filter(None, (answer, detail)))


def ways_of(visit: Visit) -> str:
    ways = [str(CommunicationMode(way).label).lower() for way in visit.communicated_by]
    return listed(ways).capitalize()


def cards_of(visit: Visit) -> list[tuple[str, list[dict[str, Any]]]]:
    """Everything recorded of a visit that was made, the child first."""
    alone = "Yes"
    if not visit.was_seen_alone:
        alone = with_detail(f"No. {visit.get_not_alone_display()}", visit.not_alone_why)
    child = [
        known(LABELS["own_words"], visit.own_words, CHILD),
        known(LABELS["paraphrase"], visit.paraphrase, SAW),
        known("Do you feel safe here?", visit.get_feels_safe_display(), CHILD),
        known("Seen alone", alone, SAW),
        known("Communicated by", ways_of(visit), SAW),
        known(LABELS["communication_help"], visit.communication_help, SAW),
        known("Bedroom seen", visit.was_bedroom_seen, SAW),
    ]
    care = [
        known("Behaviour", with_detail(visit.get_behaviour_display(), visit.behaviour_detail), SAW),
        known(LABELS["practice_observed"], visit.practice_observed, SAW),
        known(
            "Matches the setting's records",
            with_detail(visit.get_matches_records_display(), visit.matches_records_detail),
            SAW,
        ),
        known("Care plan followed", plan_words(visit), SAW if visit.plan_followed else ""),
    ]
    if visit.behaviour == Behaviour.CHANGED:
        answer = with_detail(visit.get_abuse_considered_display(), visit.abuse_considered_why)
        care.insert(1, known("Could it be a sign of abuse?", answer))
    around = [
        known(
            "Culture and identity respected",
            with_detail(visit.get_culture_respected_display(), visit.culture_detail),
        ),
        known(
            "Family contact as planned",
            with_detail(visit.get_family_contact_display(), visit.family_contact_detail),
        ),
    ]
    safe = with_detail(
        {True: "Yes", False: "No"}.get(visit.is_welfare_safeguarded, ""),  # type: ignore[arg-type]
        visit.welfare_detail,
    )
    outcome = [
        known("Welfare safeguarded and promoted by the placement", safe),
        known("What happens next", visit.next_steps),
    ]
    return [
        ("The child", child),
        ("Behaviour, care and plan", care),
        ("Identity and family", around),
        ("Outcome", outcome),
    ]


def plan_words(visit: Visit) -> str:
    """Each part of the care plan with what the visitor found; what was not looked at is named."""
    followed = visit.plan_followed or {}
    if not followed:
        return ""
    said = [f"{plan_name(key)}: {plan_answer(str(value))}" for key, value in followed.items()]
    blank = [name.lower() for key, name in PLAN.items() if key not in followed]
    if blank and len(blank) < len(PLAN):
        said.append(f"Not recorded: {listed(blank)}")
    return "\n".join(said)


def plan_name(key: str) -> str:
    return PLAN.get(key, capital(key.replace("_", " ")))


def plan_answer(said: str) -> str:
    return dict(PLAN_ANSWERS).get(said, said.replace("_", " ").capitalize()).lower()


def when_rows(visit: Visit) -> list[dict[str, Any]]:
    """When a visit was arranged, made and written up."""
    how = "By telephone or video" if visit.is_remote else "In person"
    where = with_detail(visit.get_place_display(), visit.place_detail)
    rows = [
        known("Arranged for", long_moment(visit.arranged_for)),
        known("Announced", "No" if visit.is_unannounced else "Yes") if visit.arranged_for else None,
        known("Happened", long_moment(visit.made_at)) if visit.made_at else None,
        known("How", how) if visit.state == MADE else None,
        known("Where", where) if visit.state == MADE else None,
        known("Visitor", visit.visitor.name if visit.visitor else ""),
        known("Placement", visit.placement.where if visit.placement else ""),
        known("Recorded", recorded_words(visit)) if visit.recorded_at else None,
        known("Why", visit.reason) if visit.reason else None,
    ]
    return [row for row in rows if row and (row["value"] or row["term"] == "Visitor")]


def recorded_words(visit: Visit) -> str:
    """When it was written up; late is said as late."""
    words = long_moment(visit.recorded_at)
    late = visit.days_to_record
    return f"{words} (recorded {count_of(late, 'day')} after the visit)" if late > 0 else words


def is_home_only(visit: Visit) -> bool:
    """Whether everything that others told the visitor came from the home."""
    sources = {account.source for account in visit.accounts.all()}
    return sources == {Source.HOME}


def earlier_texts(amendments: Iterable[Amendment]) -> list[dict[str, Any]]:
    """What the record said before it was amended."""
    return [
        {
            "what": LABELS.get(one.field, one.field.replace("_", " ").capitalize()),
            "before": one.before or "Nothing was recorded",
            "why": one.why,
            "by": one.by.name,
            "at": one.at,
        }
        for one in amendments
    ]
