"""Asking everybody, hearing the child, and gathering what the review rests on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from backend.access.models import Person
from backend.casework.facts import in_words
from backend.casework.gate import carry_out
from backend.grammar.moments import day_of
from workflows.reviews.actions.pieces import day_of_review
from workflows.reviews.checks import (
    check_hearing,
    check_past,
    check_prepared,
    check_views,
    check_words,
    require,
)
from workflows.reviews.models import (
    Consultation,
    Consulted,
    Evidence,
    Review,
)


def record_views(
    *,
    review: Review,
    views: Mapping[str, Any],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record somebody's views for the review, or why there are none.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: views without words, or no views without a reason.
    """
    check_views(views, at)
    row = Consultation(review=review, recorded_by=by, recorded_at=at, **views)
    return carry_out(
        review,
        "consult",
        by=by,
        at=at,
        carries={
            "whom": Consulted(row.whom).label.lower(),
            "outcome": Consultation.Outcome(row.outcome).label.lower(),
        },
        then=lambda case: row.save(),
        expects=expects,
    )


#: The facts of the IRO's time with the child, as a form or a request gives them.
HEARING = ("heard_on", "was_heard_alone", "heard_by", "heard_words", "not_heard", "not_heard_why")
NOTHING_HEARD: dict[str, Any] = {
    "heard_on": None,
    "was_heard_alone": None,
    "heard_by": [],
    "heard_words": "",
    "not_heard": "",
    "not_heard_why": "",
}


def hear_child(
    *,
    review: Review,
    heard: Mapping[str, Any],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record that the IRO spoke with the child before the review, or why not.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: neither a day nor one of the exceptions with its reason.
    """
    facts = {**NOTHING_HEARD, **heard}
    check_hearing(review, facts, at)
    if facts["heard_on"] is None:
        how = "did not speak with the child, with a reason"
    else:
        how = f"spoke with the child {'' if facts['was_heard_alone'] else 'not '}alone"
    return carry_out(
        review, "hear", by=by, at=at, facts=facts, carries={"how": how}, expects=expects
    )


def contact_iro(
    *, review: Review, contacted_on: date, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will record the day on which social worker and IRO spoke about the review.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    check_past(contacted_on, at, "contacted_on", "They cannot have spoken in the future.")
    return carry_out(
        review,
        "contact",
        by=by,
        at=at,
        facts={"iro_contacted_on": contacted_on},
        carries={"on": in_words(contacted_on)},
        expects=expects,
    )


def send_documents(
    *, review: Review, sent_on: date, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will record the day on which the care, education and health plans were with the IRO.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    check_past(sent_on, at, "sent_on", "They cannot have been sent in the future.")
    return carry_out(
        review,
        "send",
        by=by,
        at=at,
        facts={"documents_sent_on": sent_on},
        carries={"on": in_words(sent_on)},
        expects=expects,
    )


def prepare_review(
    *, review: Review, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will say that the review is prepared: everybody asked, and the child heard.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToPrepareReview: with what is missing.
    """
    return carry_out(
        review,
        "prepare",
        by=by,
        at=at,
        facts={"prepared_on": day_of(at)},
        carries={"on": day_of_review(review)},
        check=check_prepared,
        expects=expects,
    )


def add_evidence(
    *, review: Review, evidence: Mapping[str, Any], by: Person, at: datetime,
    expects: int | None = None,
) -> Review:  # fmt: skip
    """This will add something the review rests on, with how it is known.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no source, nobody's, or nothing said.
    """
    check_words(evidence)
    require(
        evidence,
        {
            "source": "Say how this is known.",
            "who": "Say whose report or account it is.",
            "what": "Say what it tells.",
        },
    )
    if evidence.get("known_on") is not None:
        check_past(evidence["known_on"], at, "known_on", "It cannot speak of the future.")
    row = Evidence(review=review, added_by=by, added_at=at, **evidence)
    return carry_out(
        review,
        "evidence",
        by=by,
        at=at,
        carries={"source": row.get_source_display().lower()},
        then=lambda case: row.save(),
        expects=expects,
    )
