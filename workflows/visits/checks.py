"""Can this be done now? Questions about the visit and its facts, never about who asks."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.access.parts import living_there
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import check_text
from backend.grammar.moments import LONDON, day_of
from backend.records.models import Child, Placement
from workflows.visits.models import Behaviour, Visit
from workflows.visits.queries import same_day

FURTHEST_ARRANGEMENT = timedelta(days=366)


class UnableToRecordVisit(NotNow):
    """The visit cannot be recorded as it stands."""


def placement_on(child: Child, day: date) -> Placement:
    """Where the child lived on a day; on the day a placement ends, that placement still counts.

    :raises FactRefused: the child had no placement that day.
    """
    rows = child.placements.filter(is_temporary=False)
    placement = rows.filter(living_there(day)).first() or rows.filter(ended_on=day).first()
    if placement is None:
        first = rows.order_by("started_on").first()
        if first is not None and day < first.started_on:
            raise FactRefused(
                f"The visit is before the placement started on {first.started_on:%-d %B %Y}.",
                field="made_at",
            )
        raise FactRefused(
            f"No placement is recorded for {day:%-d %B %Y}. Record where the child lives first.",
            field="made_at",
        )
    return placement


def check_moment(made_at: datetime, at: datetime) -> None:
    """:raises FactRefused: the visit lies in the future, or more than a lifetime back."""
    if made_at > at:
        raise FactRefused("A visit cannot be recorded before it happens.", field="made_at")


def check_can_arrange(arranged_for: datetime, at: datetime) -> None:
    """:raises FactRefused: the time has passed, or is more than a year away."""
    if arranged_for < at:
        raise FactRefused("Choose a time that has not passed.", field="arranged_for")
    if arranged_for > at + FURTHEST_ARRANGEMENT:
        raise FactRefused("Choose a time within a year.", field="arranged_for")


def check_outcome(outcome: Mapping[str, Any]) -> None:
    """A visit is complete only with its outcome.

    :raises FactRefused: the first thing that is missing or contradicts another.
    """
    for name, value in outcome.items():
        if isinstance(value, str):
            check_text(value, name)
    for name, words in REQUIRED.items():
        if outcome.get(name) in (None, "", []):
            raise FactRefused(words, field=name)
    if not outcome["was_seen_alone"]:
        if not outcome.get("not_alone"):
            raise FactRefused("Say which of the three exceptions applied.", field="not_alone")
        if not outcome.get("not_alone_why", "").strip():
            raise FactRefused("Say why the child was not seen alone.", field="not_alone_why")
    if not (outcome.get("own_words", "").strip() or outcome.get("paraphrase", "").strip()):
        raise FactRefused(
            "Record what the child said or showed, in their own words, signs or choices.",
            field="own_words",
        )
    if outcome["behaviour"] == Behaviour.CHANGED:
        if not outcome.get("behaviour_detail", "").strip():
            raise FactRefused("Say how behaviour has changed.", field="behaviour_detail")
        if not outcome.get("abuse_considered"):
            raise FactRefused(
                "Behaviour has changed: consider abuse, and record your answer.",
                field="abuse_considered",
            )
        if not outcome.get("abuse_considered_why", "").strip():
            raise FactRefused("Say what your answer rests on.", field="abuse_considered_why")
    if not outcome["is_welfare_safeguarded"] and not outcome.get("welfare_detail", "").strip():
        raise FactRefused(
            "Say why welfare is not safeguarded and promoted here.", field="welfare_detail"
        )


REQUIRED = {
    "made_at": "Enter when the visit took place.",
    "place": "Say where you saw the child.",
    "was_seen_alone": "Say whether you saw the child alone.",
    "communicated_by": "Say how the child communicated.",
    "feels_safe": "Ask whether the child feels safe here, and record the answer.",
    "behaviour": "Say whether behaviour has changed since the last visit.",
    "practice_observed": "Say what you saw staff or carers do.",
    "matches_records": "Say whether what you saw matches the setting's records.",
    "culture_respected": "Say whether culture and identity are respected.",
    "family_contact": "Say whether contact with family is happening as planned.",
    "is_welfare_safeguarded": "Say whether welfare is safeguarded and promoted by the placement.",
    "next_steps": "Enter what happens next.",
}


def check_not_recorded_twice(child: Child, made_at: datetime, *, visit: Visit) -> None:
    """:raises UnableToRecordVisit: somebody already recorded a visit on that day."""
    other = same_day(child, day_of(made_at), excluding=visit.pk)
    if other is not None:
        who = other.visitor.name if other.visitor else "Somebody"
        when = other.made_at.astimezone(LONDON) if other.made_at else made_at
        raise UnableToRecordVisit(
            f"{who} already recorded a visit on {when:%-d %B %Y} at {when:%H:%M}. "
            "If there were two visits that day, say so."
        )
