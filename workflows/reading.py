"""Reads the history of many children from the records and the rooms, for the clocks."""

from collections import defaultdict
from collections.abc import Sequence

from backend.records.models import Child, LegalStatus, PeriodOfCare, Placement
from workflows.contact import queries as contact
from workflows.history import (
    Basis,
    BasisSpell,
    CarePeriod,
    ChildFacts,
    History,
    LegalStatusSpell,
    PlacementFact,
    Policy,
    ReviewFact,
)
from workflows.notices import queries as notices
from workflows.reviews import queries as reviews
from workflows.visits import queries as visits
from workflows.voice import queries as voice


def read_histories(children: Sequence[int]) -> dict[int, History]:
    """The histories of many children; the number of queries does not grow with them."""
    ids = list(children)
    periods: dict[int, list[CarePeriod]] = defaultdict(list)
    for period in PeriodOfCare.objects.filter(child__in=ids).order_by("started_on", "pk"):
        periods[period.child_id].append(
            CarePeriod(
                period.started_on,
                period.ended_on,
                id=str(period.pk),
                is_followed=not period.start_reason,
            )
        )
    statuses: dict[int, list[LegalStatusSpell]] = defaultdict(list)
    for status in LegalStatus.objects.filter(child__in=ids).order_by("started_on", "pk"):
        statuses[status.child_id].append(
            LegalStatusSpell(status.code, status.started_on, status.ended_on)
        )
    placements: dict[int, list[PlacementFact]] = defaultdict(list)
    rows = Placement.objects.filter(child__in=ids, is_temporary=False)
    for placement in rows.order_by("started_on", "pk"):
        placements[placement.child_id].append(placement_fact(placement))
    visit_facts = visits.visit_facts(ids)
    request_facts = visits.request_facts(ids)
    notice_facts = visits.notice_facts(ids)
    review_facts = reviews.review_facts(ids)
    early_review_facts = reviews.early_review_facts(ids)
    change_facts = reviews.change_facts(ids)
    appointment_facts = reviews.appointment_facts(ids)
    check_facts = reviews.check_facts(ids)
    view_facts = voice.view_facts(ids)
    contact_plan_facts = contact.plan_facts(ids)
    approval_facts = notices.approval_facts(ids)
    placement_notice_facts = notices.placement_notice_facts(ids)
    return {
        child.pk: History(
            child=ChildFacts(
                child.date_of_birth,
                periods=tuple(periods[child.pk]),
                followed_from=child.followed_from,
            ),
            placements=tuple(placements[child.pk]),
            legal_statuses=tuple(statuses[child.pk]),
            visits=tuple(visit_facts.get(child.pk, ())),
            requests=tuple(request_facts.get(child.pk, ())),
            notices=tuple(notice_facts.get(child.pk, ())),
            reviews=tuple(review_facts.get(child.pk, ())),
            early_reviews=tuple(early_review_facts.get(child.pk, ())),
            changes=tuple(change_facts.get(child.pk, ())),
            iro_appointments=tuple(appointment_facts.get(child.pk, ())),
            iro_checks=(
                tuple(check_facts.get(child.pk, ()))
                if is_reviewed_here(review_facts.get(child.pk, ()))
                else None
            ),
            views=tuple(view_facts.get(child.pk, ())),
            contact_plans=tuple(contact_plan_facts.get(child.pk, ())),
            approvals=tuple(approval_facts.get(child.pk, ())),
            placement_notices=tuple(placement_notice_facts.get(child.pk, ())),
            policy=Policy(
                first_day_visit_counts=child.authority.first_day_visit_counts,
                local_max_days_between_visits=child.authority.local_days_between_visits,
                request_target_days=child.authority.request_target_days,
            ),
        )
        for child in Child.objects.filter(pk__in=ids).select_related("authority")
    }


def is_reviewed_here(reviews: Sequence[ReviewFact]) -> bool:
    """Whether the last review held was followed here, so that a check after it would be known."""
    held = [review for review in reviews if review.opened_on is not None]
    return bool(held) and held[-1].is_followed


def placement_fact(placement: Placement) -> PlacementFact:
    """A placement as the clocks read it."""
    bases = (
        (
            BasisSpell(
                Basis(placement.basis),
                placement.started_on,
                placement.basis_ended_on or placement.ended_on,
                order_made_on=placement.order_made_on,
            ),
        )
        if placement.basis
        else ()
    )
    return PlacementFact(
        id=str(placement.pk),
        started_on=placement.started_on,
        ended_on=placement.ended_on,
        place=placement.place,
        bases=bases,
        setting=str(placement.setting_id) if placement.setting_id else None,
        intended_until_18=placement.intended_until_18,
        permanence_decided_on=placement.permanence_decided_on,
        long_term_foster_agreed_on=placement.long_term_foster_agreed_on,
        long_term_foster_withdrawn_on=placement.long_term_foster_withdrawn_on,
        notified_on=placement.notified_on,
        is_in_area=placement.is_in_area,
        is_at_a_distance=placement.is_at_a_distance,
    )
