"""What happens when people convene, prepare, hold, decide, close, amend and take back reviews."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.access.models import Allocation
from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.exchange.loaders import ReviewRow
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import (
    BARKING,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_team,
    a_world,
    allocated,
    an_outcome,
    placed,
    plays,
)
from tests.workflows.reviews import stages
from tests.workflows.reviews.stages import HELD_ON
from workflows.reviews import actions, queries
from workflows.reviews.checks import (
    UnableToCloseReview,
    UnableToConveneReview,
    UnableToHoldReview,
    UnableToPrepareReview,
)
from workflows.reviews.models import (
    Amendment,
    Challenge,
    Consultation,
    Decision,
    EarlyReview,
    Evidence,
    Review,
)
from workflows.reviews.table import TABLE
from workflows.visits.actions import record_visit, void_visit

pytestmark = pytest.mark.django_db


def told(name: str) -> set[str]:
    return set(Notification.objects.filter(event__name=name).values_list("person__name", flat=True))


def names(world: World, *roles: Role) -> set[str]:
    return {world[role].name for role in roles}


def deadline(world: World, ref: str, **facts: Any) -> Deadline:
    return Deadline.objects.get(child=world.child, ref=ref, **facts)


class TestConvening:
    def test_it_is_made_known_to_the_iro_the_advocate_and_the_home(self, world: World) -> None:
        review = stages.convened(world, by=world[Role.SOCIAL_WORKER])
        assert (review.state, review.convened_for) == ("convened", HELD_ON)
        assert told("reviews.convened") == names(
            world, Role.IRO, Role.ADVOCATE, Role.REGISTERED_MANAGER
        )

    def test_it_opens_the_clocks_of_preparation(self, world: World) -> None:
        stages.convened(world, convened_for=date(2026, 4, 1))
        assert deadline(world, "IRO-02").due_on == date(2026, 3, 11)
        assert deadline(world, "IRO-03").due_on == date(2026, 3, 27)

    def test_it_needs_an_iro(self, world: World) -> None:
        Allocation.objects.filter(child=world.child, role=Role.IRO).update(
            ended_on=TODAY - timedelta(days=1)
        )
        with pytest.raises(UnableToConveneReview, match="No independent reviewing officer"):
            stages.convened(world, by=world[Role.SOCIAL_WORKER])
        assert not Review.objects.exists()

    def test_there_is_one_review_on_its_way(self, world: World) -> None:
        stages.convened(world)
        with pytest.raises(UnableToConveneReview, match="already convened for 1 March 2026"):
            stages.convened(world, convened_for=TODAY + timedelta(days=5))
        assert Review.objects.count() == 1

    @pytest.mark.parametrize(
        ("facts", "field", "words"),
        [
            ({"convened_on": TODAY + timedelta(days=1)}, "convened_on", "future"),
            (
                {"convened_on": TODAY, "convened_for": TODAY - timedelta(days=1)},
                "convened_for",
                "before it was convened",
            ),
            ({"convened_for": TODAY + timedelta(days=367)}, "convened_for", "within a year"),
            ({"convened_on": TODAY - timedelta(days=57)}, "convened_on", "before care began"),
            ({"venue": "x" * 201}, "venue", "the most is 200"),
        ],
    )
    def test_what_cannot_be_true_is_refused(
        self, world: World, facts: dict[str, Any], field: str, words: str
    ) -> None:
        with pytest.raises(FactRefused, match=words) as refused:
            stages.convened(world, **facts)
        assert refused.value.field == field
        assert not Review.objects.exists()

    def test_a_new_day_moves_the_clocks_and_is_made_known(self, world: World) -> None:
        review = stages.convened(world, convened_for=date(2026, 4, 1))
        actions.rearrange_review(
            review=review, convened_for=date(2026, 4, 8), by=world[Role.SOCIAL_WORKER], at=NOW
        )
        assert deadline(world, "IRO-03").due_on == date(2026, 4, 1)
        event = Event.objects.get(name="reviews.rearranged")
        assert event.sentence == "The review was moved from 1 April 2026 to 8 April 2026."
        with pytest.raises(FactRefused, match="has not passed"):
            actions.rearrange_review(
                review=review,
                convened_for=TODAY - timedelta(days=1),
                by=world[Role.IRO],
                at=NOW,
            )

    def test_calling_it_off_leaves_the_legal_date(self, world: World) -> None:
        before = deadline(world, "REV-01").due_on
        review = stages.convened(world)
        actions.cancel_review(review=review, reason="Snow.", by=world[Role.SOCIAL_WORKER], at=NOW)
        first = deadline(world, "REV-01")
        assert (first.due_on, first.status) == (before, "open")
        assert deadline(world, "IRO-02").status == "superseded"
        assert stages.convened(world, convened_on=TODAY, convened_for=TODAY).pk != review.pk


class TestPreparing:
    def test_it_is_refused_while_somebody_was_not_asked(self, world: World) -> None:
        review = stages.convened(world)
        for whom in ("child", "parents"):
            actions.record_views(
                review=review, views=stages.views(whom), by=world[Role.SOCIAL_WORKER], at=NOW
            )
        with pytest.raises(
            UnableToPrepareReview,
            match="views of the home or carer, the IRO's time with the child beforehand",
        ):
            actions.prepare_review(review=review, by=world[Role.SOCIAL_WORKER], at=NOW)
        assert Review.objects.get().state == "convened"

    def test_a_reason_counts_where_there_are_no_views(self, world: World) -> None:
        review = stages.convened(world)
        for whom, outcome in (
            ("child", "not_possible"),
            ("parents", "declined"),
            ("carer", "views"),
        ):
            actions.record_views(
                review=review,
                views=stages.views(whom, outcome=outcome, reason="Was in hospital."),
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )
        review = actions.hear_child(
            review=review,
            heard={"not_heard": "refused", "not_heard_why": "Turned away three times."},
            by=world[Role.IRO],
            at=NOW,
        )
        review = actions.prepare_review(review=review, by=world[Role.SOCIAL_WORKER], at=NOW)
        assert review.state == "prepared"
        assert told("reviews.prepared") == names(world, Role.IRO)

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"own_words": " ", "paraphrase": ""}, "own_words"),
            ({"communicated_by": []}, "communicated_by"),
            ({"outcome": "declined", "reason": ""}, "reason"),
            ({"outcome": "not_possible", "reason": "  "}, "reason"),
            ({"consulted_on": TODAY + timedelta(days=1)}, "consulted_on"),
            ({"own_words": "x" * 20_001}, "own_words"),
            ({"whom": "other", "who": ""}, "who"),
            ({"who": "x" * 201}, "who"),
        ],
    )
    def test_views_need_words_or_a_reason(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        review = stages.convened(world)
        with pytest.raises(FactRefused) as refused:
            actions.record_views(
                review=review, views=stages.views(**facts), by=world[Role.ADVOCATE], at=NOW
            )
        assert refused.value.field == field
        assert not Consultation.objects.exists()

    def test_views_given_again_leave_the_first_as_they_were(self, world: World) -> None:
        review = stages.convened(world)
        for words in ("Stay.", "Go home."):
            actions.record_views(
                review=review,
                views=stages.views(own_words=words),
                by=world[Role.ADVOCATE],
                at=NOW,
            )
        assert [row.own_words for row in review.consultations.all()] == ["Stay.", "Go home."]
        with pytest.raises(DatabaseError), transaction.atomic():
            Consultation.objects.update(own_words="")

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"heard_on": None}, "not_heard"),
            ({"heard_on": None, "not_heard": "refused"}, "not_heard_why"),
            ({"not_heard": "refused"}, "not_heard"),
            ({"was_heard_alone": None}, "was_heard_alone"),
            ({"was_heard_alone": False}, "not_heard_why"),
            ({"heard_words": ""}, "heard_words"),
            ({"heard_by": []}, "heard_by"),
            ({"heard_on": TODAY + timedelta(days=1)}, "heard_on"),
            ({"heard_on": TODAY - timedelta(days=60)}, "heard_on"),
        ],
    )
    def test_the_iro_speaks_with_the_child_or_says_why_not(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        review = stages.convened(world)
        with pytest.raises(FactRefused) as refused:
            actions.hear_child(
                review=review, heard=stages.hearing(**facts), by=world[Role.IRO], at=NOW
            )
        assert refused.value.field == field
        assert not Review.objects.get().is_child_heard

    def test_contact_and_documents_meet_their_clocks(self, world: World) -> None:
        review = stages.convened(world, convened_for=date(2026, 4, 1))
        actions.contact_iro(review=review, contacted_on=TODAY, by=world[Role.SOCIAL_WORKER], at=NOW)
        actions.send_documents(review=review, sent_on=TODAY, by=world[Role.SOCIAL_WORKER], at=NOW)
        assert deadline(world, "IRO-02").status == "met"
        assert deadline(world, "IRO-03").status == "met"
        assert told("reviews.documents_sent") == names(world, Role.IRO)
        acts: list[tuple[Any, str]] = [
            (actions.contact_iro, "contacted_on"),
            (actions.send_documents, "sent_on"),
        ]
        for act, name in acts:
            with pytest.raises(FactRefused, match="future"):
                act(
                    review=review,
                    by=world[Role.SOCIAL_WORKER],
                    at=NOW,
                    **{name: TODAY + timedelta(days=1)},
                )


class TestHolding:
    def test_it_meets_the_first_review_and_opens_the_next(self, world: World) -> None:
        assert deadline(world, "REV-01").status == "open"
        review = stages.held(world)
        first = deadline(world, "REV-01")
        assert first.due_on is not None
        assert (first.status, first.met_on, first.days_late) == (
            "met_late",
            HELD_ON,
            (HELD_ON - first.due_on).days,
        )
        assert deadline(world, "REV-02").due_on == date(2026, 6, 1)
        assert deadline(world, "IRO-05").due_on == date(2026, 3, 6)
        assert review.chair_id == world[Role.IRO].pk
        assert review.placement_id == world.placement.pk
        assert [person.name for person in review.attendees.all()] == ["Ms Key"]

    def test_the_timeline_says_how_the_child_took_part(self, world: World) -> None:
        stages.held(world)
        assert Event.objects.get(name="reviews.held").sentence == (
            "The review was held on 1 March 2026; taking part: PN3, attended and conveyed views "
            "by symbols, signs or without words."
        )
        assert told("reviews.held") == names(world, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

    def test_a_move_does_not_start_reviews_again(self, world: World) -> None:
        stages.held(world)
        before = deadline(world, "REV-02").due_on
        placed(world.child, None, started_on=TODAY, place="U6")
        assert deadline(world, "REV-02").due_on == before
        assert Deadline.objects.filter(child=world.child, ref="REV-01").count() == 1

    @pytest.mark.parametrize(
        ("opened_on", "words"),
        [
            (TODAY + timedelta(days=1), "before it is held"),
            (TODAY - timedelta(days=57), "before care began"),
            (HELD_ON - timedelta(days=26), "before the review was convened on 4 February 2026"),
            (HELD_ON - timedelta(days=3), "spoke with the child on 27 February 2026"),
        ],
    )
    def test_a_day_that_cannot_be_true_is_refused(
        self, world: World, opened_on: date, words: str
    ) -> None:
        review = stages.prepared(world)
        with pytest.raises(FactRefused, match=words) as refused:
            actions.hold_review(
                review=review,
                opened_on=opened_on,
                outcome=stages.an_outcome(),
                by=world[Role.IRO],
                at=NOW,
            )
        assert refused.value.field == "opened_on"
        assert Review.objects.get().opened_on is None

    def test_an_unprepared_review_says_why_and_still_needs_the_child_heard(
        self, world: World
    ) -> None:
        review = stages.convened(world)

        def hold(**facts: Any) -> Review:
            return actions.hold_review(
                review=review,
                opened_on=HELD_ON,
                outcome=stages.an_outcome(**facts),
                by=world[Role.IRO],
                at=NOW,
            )

        with pytest.raises(UnableToHoldReview, match="spoke with the child before"):
            hold(unprepared_why="The date was near.")
        actions.hear_child(review=review, heard=stages.hearing(), by=world[Role.IRO], at=NOW)
        with pytest.raises(FactRefused, match="views of the child, views of parents"):
            hold()
        assert hold(unprepared_why="The date was near.").state == "held"

    def test_a_second_review_of_the_day_says_who_was_first(self, world: World) -> None:
        stages.held(world)
        with pytest.raises(UnableToHoldReview, match="already recorded a review held on 1 March"):
            stages.held(world)

    @pytest.mark.parametrize(
        ("facts", "field", "words"),
        [
            ({"participation": ""}, "participation", "how the child took part"),
            ({"participation": "PN0"}, "participation", "under four only"),
            ({"participation": "PN9"}, "participation", "PN0 to PN7"),
            ({"adjustments": " "}, "adjustments", "so that the child could take part"),
            ({"conveyed_by": []}, "conveyed_by", "conveyed their views"),
            (
                {"participation": "PN2", "was_advocate_present": False, "advocate_why_not": "Ill."},
                "participation",
                "an advocate spoke",
            ),
            ({"participation": "PN4"}, "no_part_why", "why the child had no part"),
            (
                {"participation": "PN7", "no_part_why": "Was not asked."},
                "no_part_change",
                "what must change",
            ),
            ({"was_advocate_invited": None}, "was_advocate_invited", "invited"),
            ({"was_advocate_present": False}, "advocate_why_not", "no advocate was there"),
            ({"is_meeting": False}, "is_meeting", "long-term foster"),
            ({"adjustments": "x" * 20_001}, "adjustments", "the most is 20,000"),
        ],
    )
    def test_how_the_child_took_part_follows_its_rules(
        self, world: World, facts: dict[str, Any], field: str, words: str
    ) -> None:
        review = stages.prepared(world)
        with pytest.raises(FactRefused, match=words) as refused:
            actions.hold_review(
                review=review,
                opened_on=HELD_ON,
                outcome=stages.an_outcome(**facts),
                by=world[Role.IRO],
                at=NOW,
            )
        assert refused.value.field == field
        assert Review.objects.get().state == "prepared"

    def test_a_child_under_four_is_pn0_and_nothing_else(self, world: World) -> None:
        world.child.date_of_birth = HELD_ON - timedelta(days=3 * 365)
        world.child.save()
        review = stages.prepared(world)
        with pytest.raises(FactRefused, match="use PN0"):
            actions.hold_review(
                review=review,
                opened_on=HELD_ON,
                outcome=stages.an_outcome(),
                by=world[Role.IRO],
                at=NOW,
            )
        review = actions.hold_review(
            review=review,
            opened_on=HELD_ON,
            outcome=stages.an_outcome(participation="PN0", adjustments="", conveyed_by=[]),
            by=world[Role.IRO],
            at=NOW,
        )
        assert review.participation == "PN0"

    def test_a_review_of_short_breaks_needs_no_code(self) -> None:
        world = a_world(legal_status="V4", basis="reg_48")
        review = stages.held(world, participation="")
        assert review.participation == ""
        assert queries.reviews_for_return([world.child.pk]) == {}

    def test_in_a_long_term_foster_placement_no_meeting_is_needed(self) -> None:
        world = a_world(place="U4")
        assert stages.held(world, is_meeting=False).is_meeting is False


class TestAdjourning:
    def test_the_opening_day_governs_and_both_readings_are_kept(self, world: World) -> None:
        review = stages.adjourned(world)
        assert deadline(world, "REV-07").due_on == date(2026, 3, 27)
        assert told("reviews.adjourned") == names(
            world, Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO_MANAGER
        )
        actions.hear_child(review=review, heard=stages.hearing(), by=world[Role.IRO], at=NOW)
        later = NOW + timedelta(days=7)
        review = actions.resume_review(
            review=review,
            completed_on=TODAY + timedelta(days=7),
            outcome=stages.an_outcome(),
            by=world[Role.IRO],
            at=later,
        )
        assert (review.opened_on, review.completed_on) == (HELD_ON, TODAY + timedelta(days=7))
        assert deadline(world, "REV-07").status == "met"
        second = deadline(world, "REV-02")
        assert second.due_on == date(2026, 6, 1)
        assert second.alternative is not None
        assert second.alternative["due_on"] == "2026-06-09"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"why": ""}, "why"),
            ({"resumes_on": HELD_ON}, "resumes_on"),
            ({"opened_on": TODAY + timedelta(days=1)}, "opened_on"),
        ],
    )
    def test_it_needs_a_reason_and_a_later_day(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        review = stages.convened(world)
        with pytest.raises(FactRefused) as refused:
            actions.adjourn_review(
                **{
                    "review": review,
                    "opened_on": HELD_ON,
                    "resumes_on": TODAY + timedelta(days=7),
                    "why": "Reports missing.",
                    "by": world[Role.IRO],
                    "at": NOW,
                    **facts,
                }
            )
        assert refused.value.field == field

    def test_it_cannot_be_completed_before_it_opened(self, world: World) -> None:
        review = stages.adjourned(world)
        actions.hear_child(review=review, heard=stages.hearing(), by=world[Role.IRO], at=NOW)
        with pytest.raises(FactRefused, match="opened on 1 March 2026"):
            actions.resume_review(
                review=review,
                completed_on=HELD_ON - timedelta(days=1),
                outcome=stages.an_outcome(),
                by=world[Role.IRO],
                at=NOW,
            )


class TestDeciding:
    def test_each_decision_has_an_owner_and_a_date(self, world: World) -> None:
        review = actions.issue_decisions(
            review=stages.held(world),
            answers=stages.answers(),
            decisions=[
                stages.a_decision(),
                stages.a_decision(owner=world[Role.SOCIAL_WORKER], owner_name=""),
            ],
            by=world[Role.IRO],
            at=NOW,
        )
        assert [(row.owner_id, row.owner_name) for row in review.decisions.all()] == [
            (None, "Key worker"),
            (world[Role.SOCIAL_WORKER].pk, world[Role.SOCIAL_WORKER].name),
        ]
        assert deadline(world, "IRO-05").status == "met"
        assert deadline(world, "IRO-06").due_on == date(2026, 3, 9)
        assert told("reviews.decided") == names(world, Role.TEAM_MANAGER, Role.SOCIAL_WORKER)
        assert Event.objects.get(name="reviews.decided").sentence == (
            "The review issued 2 decisions on 2 March 2026; the IRO endorses the plan."
        )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"is_plan_endorsed": None}, "is_plan_endorsed"),
            ({"endorsement_why": " "}, "endorsement_why"),
            ({"could_live_nearer": None}, "could_live_nearer"),
            ({"could_live_nearer_why": ""}, "could_live_nearer_why"),
            ({"next_review_on": None}, "next_review_on"),
            ({"next_review_on": HELD_ON}, "next_review_on"),
            ({"next_review_on": date(2026, 6, 2)}, "next_review_on"),
            ({"decisions_issued_on": TODAY + timedelta(days=1)}, "decisions_issued_on"),
            ({"decisions_issued_on": HELD_ON - timedelta(days=1)}, "decisions_issued_on"),
            ({"manager_received_on": HELD_ON}, "manager_received_on"),
        ],
    )
    def test_plan_distance_and_next_day_are_answered(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            stages.decided(world, **facts)
        assert refused.value.field == field
        assert Review.objects.get().state == "held"
        assert not Decision.objects.exists()

    def test_the_last_day_the_law_allows_is_accepted(self, world: World) -> None:
        assert stages.decided(world, next_review_on=date(2026, 6, 1)).state == "decided"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"what": ""}, "what"),
            ({"due_on": None}, "due_on"),
            ({"due_on": HELD_ON - timedelta(days=1)}, "due_on"),
            ({"owner_name": ""}, "owner_name"),
            ({"owner_name": "x" * 201}, "owner_name"),
            ({"child_part": ""}, "no_part_why"),
            ({"child_part": "", "no_part_why": "Was asleep."}, "no_part_change"),
        ],
    )
    def test_a_decision_lacking_something_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            actions.issue_decisions(
                review=stages.held(world),
                answers=stages.answers(),
                decisions=[stages.a_decision(), stages.a_decision(**facts)],
                by=world[Role.IRO],
                at=NOW,
            )
        assert refused.value.field == field
        assert not Decision.objects.exists()

    def test_there_is_a_decision_and_its_owner_is_somebody_of_the_childs(
        self, world: World
    ) -> None:
        review = stages.held(world)
        for decisions, words in (
            ([], "at least one decision"),
            ([stages.a_decision(owner=world.stranger)], "plays no part"),
        ):
            with pytest.raises(FactRefused, match=words):
                actions.issue_decisions(
                    review=review,
                    answers=stages.answers(),
                    decisions=decisions,
                    by=world[Role.IRO],
                    at=NOW,
                )

    def test_a_decision_is_carried_out_once(self, world: World) -> None:
        decision = stages.decided(world).decisions.get()

        def complete(**facts: Any) -> Decision:
            return actions.complete_decision(
                **{
                    "decision": decision,
                    "done_on": TODAY,
                    "done_how": "Mum came on Sunday.",
                    "by": world[Role.SOCIAL_WORKER],
                    "at": NOW,
                    **facts,
                }
            )

        for facts, field in (
            ({"done_on": TODAY + timedelta(days=1)}, "done_on"),
            ({"done_on": HELD_ON - timedelta(days=1)}, "done_on"),
            ({"done_how": ""}, "done_how"),
        ):
            with pytest.raises(FactRefused) as refused:
                complete(**facts)
            assert refused.value.field == field
        assert complete().done_on == TODAY
        assert told("reviews.decision_completed") == names(world, Role.IRO)
        with pytest.raises(FactRefused, match="already recorded as done on 2 March 2026"):
            complete()


class TestTheManager:
    def test_agreeing_meets_the_clock(self, world: World) -> None:
        review = stages.answered(world, stages.decided(world))
        assert (review.manager_agrees, review.manager_id) == (True, world[Role.TEAM_MANAGER].pk)
        assert deadline(world, "IRO-06").status == "met"

    def test_a_dispute_reaches_the_iro_and_their_manager_and_never_the_advocate(
        self, world: World
    ) -> None:
        stages.answered(world, stages.decided(world), agrees=False, answer="No such place.")
        assert told("reviews.disputed") == names(world, Role.IRO, Role.IRO_MANAGER)
        assert Event.objects.get(name="reviews.disputed").depth == "restricted"

    def test_a_dispute_has_a_reason_and_closing_says_how_it_was_settled(self, world: World) -> None:
        review = stages.circulated(world)
        with pytest.raises(FactRefused, match="what you dispute"):
            stages.answered(world, review, agrees=False, answer=" ")
        review = stages.answered(world, review, agrees=False, answer="No such place.")
        with pytest.raises(FactRefused, match="how that was settled"):
            actions.close_review(review=review, by=world[Role.IRO], at=NOW)
        review = actions.close_review(
            review=review, settled_how="The place was found.", by=world[Role.IRO], at=NOW
        )
        assert review.state == "closed"

    def test_a_later_agreement_keeps_the_day_of_the_first_answer(self, world: World) -> None:
        review = stages.answered(world, stages.decided(world), agrees=False, answer="Not yet.")
        review = actions.answer_decisions(
            review=review, agrees=True, by=world[Role.TEAM_MANAGER], at=NOW + timedelta(days=30)
        )
        assert (review.manager_agrees, review.manager_answered_on) == (True, TODAY)


class TestClosing:
    def test_not_on_the_homes_evidence_alone(self, world: World) -> None:
        review = stages.convened(world)
        for whom, outcome in (
            ("child", "not_possible"),
            ("parents", "declined"),
            ("carer", "views"),
        ):
            actions.record_views(
                review=review,
                views=stages.views(whom, outcome=outcome, reason="Not reached."),
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )
        actions.hear_child(review=review, heard=stages.hearing(), by=world[Role.IRO], at=NOW)
        for act, facts in (
            (actions.add_evidence, {"evidence": stages.evidence("home")}),
            (actions.hold_review, {"opened_on": HELD_ON, "outcome": stages.an_outcome(
                unprepared_why="Nobody was reached.")}),
            (actions.issue_decisions, {"answers": stages.answers(),
                                       "decisions": [stages.a_decision()]}),
            (actions.record_review, {"discussion": "In full.", "was_told_of_rights": True}),
            (actions.circulate_review, {"circulated_to": "All", "child_version": "Read to her."}),
        ):  # fmt: skip
            review = act(review=review, by=world[Role.IRO], at=NOW, **facts)
        stages.answered(world, review)
        assert review.home_share.words == "2 of 2 items came from the home (100%)"
        with pytest.raises(UnableToCloseReview, match="came from the home"):
            actions.close_review(review=review, by=world[Role.IRO], at=NOW)
        actions.add_evidence(
            review=review, evidence=stages.evidence("school"), by=world[Role.IRO], at=NOW
        )
        review = actions.close_review(review=review, by=world[Role.IRO], at=NOW)
        assert review.home_share.percent == 67

    def test_not_while_the_manager_may_still_answer(self, world: World) -> None:
        review = stages.circulated(world)
        with pytest.raises(UnableToCloseReview, match="may until 9 March 2026"):
            actions.close_review(review=review, by=world[Role.IRO], at=NOW)
        late = NOW + timedelta(days=8)
        assert actions.close_review(review=review, by=world[Role.IRO], at=late).state == "closed"

    def test_the_record_and_its_sending_meet_their_clocks(self, world: World) -> None:
        stages.circulated(world)
        assert deadline(world, "IRO-07").status == "met"
        assert deadline(world, "IRO-08").status == "met"

    def test_the_child_is_given_the_decisions_or_it_is_said_why_not(self, world: World) -> None:
        review = stages.recorded(world)
        with pytest.raises(FactRefused) as refused:
            actions.circulate_review(
                review=review, circulated_to="All", child_version="", by=world[Role.IRO], at=NOW
            )
        assert refused.value.field == "child_version"

    def test_a_record_without_words_is_refused(self, world: World) -> None:
        review = stages.decided(world)
        cases: list[tuple[dict[str, Any], str]] = [
            ({"discussion": ""}, "discussion"),
            ({"recorded_on": HELD_ON - timedelta(days=1)}, "recorded_on"),
            ({"recorded_on": TODAY + timedelta(days=1)}, "recorded_on"),
        ]
        for facts, field in cases:
            with pytest.raises(FactRefused) as refused:
                actions.record_review(
                    **{
                        "review": review,
                        "discussion": "In full.",
                        "was_told_of_rights": True,
                        "by": world[Role.IRO],
                        "at": NOW,
                        **facts,
                    }
                )
            assert refused.value.field == field

    def test_evidence_needs_its_source_and_stays_as_it_is(self, world: World) -> None:
        review = stages.convened(world)
        for facts, field in (
            ({"source": ""}, "source"),
            ({"who": ""}, "who"),
            ({"who": "x" * 201}, "who"),
            ({"what": ""}, "what"),
            ({"known_on": TODAY + timedelta(days=1)}, "known_on"),
        ):
            with pytest.raises(FactRefused) as refused:
                actions.add_evidence(
                    review=review,
                    evidence={**stages.evidence(), **facts},
                    by=world[Role.IRO],
                    at=NOW,
                )
            assert refused.value.field == field
        actions.add_evidence(review=review, evidence=stages.evidence(), by=world[Role.IRO], at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.update(source="child")


class TestAmending:
    def amend(self, world: World, review: Review, **changes: Any) -> Review:
        return actions.amend_review(
            review=review, changes=changes, why="I misread my note.", by=world[Role.IRO], at=NOW
        )

    def test_the_earlier_text_is_kept(self, world: World) -> None:
        review = self.amend(world, stages.recorded(world), discussion="Better words.")
        assert review.discussion == "Better words."
        kept = Amendment.objects.get()
        assert (kept.field, kept.before) == ("discussion", "What was discussed, in full.")
        with pytest.raises(DatabaseError), transaction.atomic():
            Amendment.objects.update(before="")

    def test_a_corrected_day_moves_the_same_deadline(self, world: World) -> None:
        review = stages.held(world)
        before = deadline(world, "REV-02")
        review = self.amend(world, review, opened_on=TODAY)
        after = deadline(world, "REV-02")
        assert (review.opened_on, review.completed_on) == (TODAY, TODAY)
        assert (after.pk, after.due_on) == (before.pk, date(2026, 6, 2))
        assert Event.objects.filter(name="deadlines.moved").exists()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"is_plan_endorsed": False}, "is_plan_endorsed"),
            ({"discussion": " "}, "discussion"),
            ({"participation": "PN0"}, "participation"),
            ({"opened_on": TODAY + timedelta(days=1)}, "opened_on"),
            ({"opened_on": None}, "opened_on"),
            ({"completed_on": HELD_ON - timedelta(days=1)}, "completed_on"),
            ({"completed_on": TODAY + timedelta(days=1)}, "completed_on"),
            ({"discussion": "What was discussed, in full."}, ""),
        ],
    )
    def test_what_cannot_stand_is_refused(
        self, world: World, changes: dict[str, Any], field: str
    ) -> None:
        review = stages.recorded(world)
        with pytest.raises(FactRefused) as refused:
            self.amend(world, review, **changes)
        assert refused.value.field == field
        assert not Amendment.objects.exists()

    def test_a_void_review_stays_and_its_deadline_opens_again(self, world: World) -> None:
        review = stages.held(world)
        actions.void_review(review=review, reason="Wrong child.", by=world[Role.IRO], at=NOW)
        assert deadline(world, "REV-01").status == "open"
        assert Review.objects.get().state == "void"
        assert stages.held(world).state == "held"


class TestEarlyReviews:
    def request(self, world: World, **facts: Any) -> EarlyReview:
        return actions.request_early_review(
            **{
                "child": world.child,
                "reason": "iro_request",
                "words": "The plan is drifting.",
                "by": world[Role.IRO],
                "at": NOW,
                **facts,
            }
        )

    def test_the_iros_request_opens_a_clock_with_a_local_target_only(self, world: World) -> None:
        self.request(world)
        early = deadline(world, "REV-04")
        assert (early.status, early.due_on, early.local_due_on) == (
            "waiting",
            None,
            date(2026, 3, 16),
        )
        assert told("reviews.early_asked") == names(world, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

    def test_a_coming_event_wants_a_review_the_day_before_at_the_latest(self, world: World) -> None:
        self.request(
            world,
            reason="before_an_event",
            words="the end of accommodation",
            event_on=date(2026, 4, 10),
            by=world[Role.SOCIAL_WORKER],
        )
        assert deadline(world, "REV-06").due_on == date(2026, 4, 9)

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"words": " "}, "words"),
            ({"arose_on": TODAY + timedelta(days=1)}, "arose_on"),
            ({"reason": "before_an_event"}, "event_on"),
            ({"event_on": TODAY + timedelta(days=1)}, "event_on"),
        ],
    )
    def test_what_cannot_be_true_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            self.request(world, **facts)
        assert refused.value.field == field
        assert not EarlyReview.objects.exists()

    def test_only_the_iro_asks_as_the_iro(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            self.request(world, by=world[Role.SOCIAL_WORKER])

    def test_it_is_answered_with_a_day(self, world: World) -> None:
        early = actions.answer_early_review(
            early=self.request(world),
            offered_on=TODAY + timedelta(days=5),
            answer="We will meet on Saturday.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert (early.answered_on, early.offered_on) == (TODAY, TODAY + timedelta(days=5))
        assert told("reviews.early_answered") == names(world, Role.IRO, Role.TEAM_MANAGER)

    def test_withdrawn_it_is_owed_no_more(self, world: World) -> None:
        early = self.request(world)
        with pytest.raises(NotAllowed):
            actions.withdraw_early_review(
                early=early, why="No need.", by=world[Role.SOCIAL_WORKER], at=NOW
            )
        actions.withdraw_early_review(early=early, why="Settled.", by=world[Role.IRO], at=NOW)
        assert deadline(world, "REV-04").status == "superseded"
        assert not queries.open_early_reviews(world.child).exists()
        with pytest.raises(FactRefused, match="was withdrawn on"):
            actions.answer_early_review(
                early=early,
                offered_on=TODAY,
                answer="Yes.",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    def test_a_visit_that_doubts_welfare_calls_for_one_and_taken_back_calls_for_none(
        self, world: World
    ) -> None:
        visit = record_visit(
            child=world.child,
            outcome=an_outcome(
                HELD_ON, is_welfare_safeguarded=False, welfare_detail="Marks on both wrists."
            ),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        early = EarlyReview.objects.get()
        assert (early.came_from, early.reason) == (visit.about, "welfare_not_safeguarded")
        assert Deadline.objects.filter(child=world.child, ref="REV-05").count() == 1
        assert told("reviews.early_asked") == set()
        with pytest.raises(FactRefused, match="A visit calls for this"):
            actions.withdraw_early_review(
                early=early, why="No need.", by=world[Role.SOCIAL_WORKER], at=NOW
            )
        void_visit(visit=visit, reason="Wrong child.", by=world[Role.SOCIAL_WORKER], at=NOW)
        early.refresh_from_db()
        assert early.withdrawn_why == "The visit was entered in error."
        assert deadline(world, "REV-05").status == "superseded"

    def test_a_review_held_since_answers_it(self, world: World) -> None:
        self.request(world, arose_on=HELD_ON - timedelta(days=10))
        assert queries.open_early_reviews(world.child).count() == 1
        stages.held(world)
        assert queries.open_early_reviews(world.child).count() == 0
        assert deadline(world, "REV-04").status == "met"


class TestChanges:
    def test_a_review_considers_a_change_first(self, world: World) -> None:
        change = actions.propose_change(
            child=world.child,
            what="A move nearer home.",
            is_move=True,
            planned_for=TODAY + timedelta(days=30),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert told("reviews.change_proposed") == names(world, Role.IRO, Role.TEAM_MANAGER)
        review = stages.prepared(world)

        def consider(**facts: Any) -> None:
            actions.consider_change(
                **{
                    "change": change,
                    "review": review,
                    "outcome": "supported",
                    "why": "She asked for it.",
                    "by": world[Role.IRO],
                    "at": NOW,
                    **facts,
                }
            )

        with pytest.raises(FactRefused, match="that was held"):
            consider()
        actions.hold_review(
            review=review,
            opened_on=HELD_ON,
            outcome=stages.an_outcome(),
            by=world[Role.IRO],
            at=NOW,
        )
        review.refresh_from_db()
        with pytest.raises(NotAllowed):
            consider(by=world[Role.SOCIAL_WORKER])
        consider()
        change.refresh_from_db()
        assert (change.considered_at_id, change.is_open) == (review.pk, False)
        with pytest.raises(FactRefused, match="already been considered"):
            consider()

    def test_or_a_manager_says_why_not(self, world: World) -> None:
        change = actions.propose_change(
            child=world.child, what="A move tonight.", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        with pytest.raises(FactRefused, match="reasonably practicable"):
            actions.excuse_change(change=change, why="", by=world[Role.TEAM_MANAGER], at=NOW)
        with pytest.raises(NotAllowed):
            actions.excuse_change(
                change=change, why="Police.", by=world[Role.SOCIAL_WORKER], at=NOW
            )
        actions.excuse_change(
            change=change, why="The home closed tonight.", by=world[Role.TEAM_MANAGER], at=NOW
        )
        assert told("reviews.change_excused") == names(world, Role.IRO, Role.IRO_MANAGER)


class TestChallenges:
    def challenge(self, world: World, **facts: Any) -> Challenge:
        return actions.raise_challenge(
            **{
                "child": world.child,
                "about": "inaccurate",
                "words": "The report says seen alone; the log says two staff were there.",
                "to_person": world[Role.SOCIAL_WORKER],
                "due_on": TODAY + timedelta(days=7),
                "by": world[Role.IRO],
                "at": NOW,
                **facts,
            }
        )

    def test_it_is_raised_with_somebody_and_reaches_no_advocate(self, world: World) -> None:
        challenge = self.challenge(world)
        assert challenge.to_name == world[Role.SOCIAL_WORKER].name
        assert challenge.raised_as == "independent reviewing officer"[:20]
        assert told("reviews.challenged") == names(world, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

    def test_the_host_authority_raises_one_and_hears_the_answer(self, world: World) -> None:
        challenge = self.challenge(world, by=world[Role.HOST_OFFICER])
        actions.answer_challenge(
            challenge=challenge,
            outcome="accepted",
            answer="You are right; the record is amended.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert world[Role.HOST_OFFICER].name in told("reviews.challenge_answered")
        with pytest.raises(FactRefused, match="already answered on 2 March 2026"):
            actions.answer_challenge(
                challenge=challenge,
                outcome="rejected",
                answer="No.",
                by=world[Role.TEAM_MANAGER],
                at=NOW,
            )

    def test_nobody_answers_their_own(self, world: World) -> None:
        challenge = self.challenge(world)
        with pytest.raises(NotAllowed, match="by somebody else"):
            actions.answer_challenge(
                challenge=challenge, outcome="accepted", answer="Yes.", by=world[Role.IRO], at=NOW
            )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"words": ""}, "words"),
            ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
            ({"to_person": None}, "to_name"),
        ],
    )
    def test_it_names_somebody_says_something_and_when(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            self.challenge(world, **facts)
        assert refused.value.field == field

    def test_a_stranger_is_not_named_as_a_person(self, world: World) -> None:
        for person in (world.stranger, world[Role.ADVOCATE], world[Role.IRO]):
            with pytest.raises(FactRefused) as refused:
                self.challenge(world, to_person=person)
            assert refused.value.field == "to_person"

    @pytest.mark.parametrize(
        "role", [Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR]
    )
    def test_who_is_no_professional_of_either_authority_raises_none(
        self, world: World, role: Role
    ) -> None:
        with pytest.raises(NotAllowed):
            self.challenge(world, by=world[role])


class TestBetweenReviews:
    def test_the_iros_look_meets_the_local_standard(self, world: World) -> None:
        stages.held(world)
        assert deadline(world, "IRO-04").kind == "local standard"
        actions.check_between_reviews(
            child=world.child,
            checked_on=TODAY,
            found="Visits made; one decision late.",
            by=world[Role.IRO],
            at=NOW,
        )
        assert deadline(world, "IRO-04").status == "met"

    def test_only_the_iro_and_never_tomorrow(self, world: World) -> None:
        cases: list[tuple[dict[str, Any], type[Exception]]] = [
            ({"by": world[Role.SOCIAL_WORKER]}, NotAllowed),
            ({"checked_on": TODAY + timedelta(days=1)}, FactRefused),
            ({"found": ""}, FactRefused),
        ]
        for facts, wanted in cases:
            with pytest.raises(wanted):
                actions.check_between_reviews(
                    **{
                        "child": world.child,
                        "checked_on": TODAY,
                        "found": "All well.",
                        "by": world[Role.IRO],
                        "at": NOW,
                        **facts,
                    }
                )

    def test_an_allocated_iro_meets_the_appointment_clock(self, world: World) -> None:
        assert deadline(world, "IRO-01").status == "met"
        child = a_child(team=a_team())
        placed(child)
        assert Deadline.objects.get(child=child, ref="IRO-01").status == "open"


Act = Callable[[World, Review, Any], Any]

#: Every step on a review, the stage it is taken from, and somebody who may not take it.
STEPS: dict[str, tuple[str, Act, Role]] = {
    "rearrange": (
        "convened",
        lambda w, r, by: actions.rearrange_review(review=r, convened_for=TODAY, by=by, at=NOW),
        Role.ADVOCATE,
    ),
    "cancel": (
        "convened",
        lambda w, r, by: actions.cancel_review(review=r, reason="Snow.", by=by, at=NOW),
        Role.REGISTERED_MANAGER,
    ),
    "consult": (
        "convened",
        lambda w, r, by: actions.record_views(review=r, views=stages.views(), by=by, at=NOW),
        Role.REGISTERED_MANAGER,
    ),
    "hear": (
        "convened",
        lambda w, r, by: actions.hear_child(review=r, heard=stages.hearing(), by=by, at=NOW),
        Role.SOCIAL_WORKER,
    ),
    "contact": (
        "convened",
        lambda w, r, by: actions.contact_iro(review=r, contacted_on=TODAY, by=by, at=NOW),
        Role.TEAM_MANAGER,
    ),
    "send": (
        "convened",
        lambda w, r, by: actions.send_documents(review=r, sent_on=TODAY, by=by, at=NOW),
        Role.IRO,
    ),
    "prepare": (
        "convened",
        lambda w, r, by: actions.prepare_review(review=r, by=by, at=NOW),
        Role.ADVOCATE,
    ),
    "hold": (
        "prepared",
        lambda w, r, by: actions.hold_review(
            review=r, opened_on=HELD_ON, outcome=stages.an_outcome(), by=by, at=NOW
        ),
        Role.SOCIAL_WORKER,
    ),
    "adjourn": (
        "convened",
        lambda w, r, by: actions.adjourn_review(
            review=r,
            opened_on=HELD_ON,
            resumes_on=TODAY + timedelta(days=3),
            why="Reports missing.",
            by=by,
            at=NOW,
        ),
        Role.TEAM_MANAGER,
    ),
    "evidence": (
        "held",
        lambda w, r, by: actions.add_evidence(review=r, evidence=stages.evidence(), by=by, at=NOW),
        Role.HOST_OFFICER,
    ),
    "decide": (
        "held",
        lambda w, r, by: actions.issue_decisions(
            review=r, answers=stages.answers(), decisions=[stages.a_decision()], by=by, at=NOW
        ),
        Role.IRO_MANAGER,
    ),
    "agree": (
        "decided",
        lambda w, r, by: actions.answer_decisions(review=r, agrees=True, by=by, at=NOW),
        Role.IRO,
    ),
    "record": (
        "decided",
        lambda w, r, by: actions.record_review(
            review=r, discussion="In full.", was_told_of_rights=True, by=by, at=NOW
        ),
        Role.SOCIAL_WORKER,
    ),
    "circulate": (
        "recorded",
        lambda w, r, by: actions.circulate_review(
            review=r, circulated_to="All", child_version="Read to her.", by=by, at=NOW
        ),
        Role.ADVOCATE,
    ),
    "close": (
        "circulated",
        lambda w, r, by: actions.close_review(review=r, by=by, at=NOW),
        Role.SOCIAL_WORKER,
    ),
    "complete": (
        "decided",
        lambda w, r, by: actions.complete_decision(
            decision=r.decisions.get(), done_on=TODAY, done_how="Done.", by=by, at=NOW
        ),
        Role.ADVOCATE,
    ),
    "amend": (
        "recorded",
        lambda w, r, by: actions.amend_review(
            review=r, changes={"plan_changes": "One more."}, why="Left out.", by=by, at=NOW
        ),
        Role.TEAM_MANAGER,
    ),
    "void": (
        "held",
        lambda w, r, by: actions.void_review(review=r, reason="Wrong child.", by=by, at=NOW),
        Role.SOCIAL_WORKER,
    ),
}
#: Who may, where it is not the IRO.
WHO = {"send": Role.SOCIAL_WORKER, "agree": Role.TEAM_MANAGER}


def everything() -> tuple[Any, ...]:
    """What is written down about reviews, in all."""
    return (
        sorted(Review.objects.values_list("pk", "state", "version")),
        Consultation.objects.count(),
        Evidence.objects.count(),
        Amendment.objects.count(),
        sorted(Decision.objects.values_list("pk", "done_on")),
        Event.objects.count(),
        Notification.objects.count(),
        sorted(Deadline.objects.values_list("key", "status", "due_on")),
    )


def made_ready(world: World, step: str) -> tuple[Review, Act]:
    """A review from which a step can be taken, and what takes that step alone."""
    stage, act, _ = STEPS[step]
    review = stages.at_stage(world, stage)
    if step == "prepare":
        stages.asked(world, review)
    if step == "close":
        stages.answered(world, review)
    return review, act


@pytest.mark.parametrize("step", sorted(STEPS))
def test_nothing_is_written_for_the_wrong_person_nor_when_a_later_part_fails(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    review, act = made_ready(world, step)
    before = everything()
    for somebody in (world[STEPS[step][2]], world.stranger):
        with pytest.raises(NotAllowed):
            act(world, review, somebody)
    assert everything() == before

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the last part failed")

    monkeypatch.setattr("backend.casework.gate.tell", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        act(world, review, world[WHO.get(step, Role.IRO)])
    assert everything() == before


@pytest.mark.parametrize("step", sorted(STEPS))
def test_from_the_wrong_state_every_step_is_refused_in_words(world: World, step: str) -> None:
    review, act = made_ready(world, step)
    if STEPS[step][0] in ("convened", "prepared"):
        actions.cancel_review(review=review, reason="Snow.", by=world[Role.IRO], at=NOW)
    else:
        actions.void_review(review=review, reason="Wrong.", by=world[Role.IRO], at=NOW)
    before = everything()
    with pytest.raises(NotNow, match="not possible any more"):
        act(world, review, world[WHO.get(step, Role.IRO)])
    assert everything() == before


def test_every_step_that_people_take_is_tried_above() -> None:
    elsewhere = {"convene", "load", "resume", "dispute"}
    assert {step.name for step in TABLE} == {*STEPS, *elsewhere}


class TestTwoAtOnce:
    def test_the_second_is_told_what_happened_and_by_whom(self, world: World) -> None:
        mine = stages.prepared(world)
        theirs = Review.objects.get(pk=mine.pk)
        actions.hold_review(
            review=mine,
            opened_on=HELD_ON,
            outcome=stages.an_outcome(),
            by=world[Role.IRO],
            at=NOW,
            expects=mine.version,
        )
        with pytest.raises(MovedOn, match="was held on 1 March 2026"):
            actions.hold_review(
                review=theirs,
                opened_on=HELD_ON,
                outcome=stages.an_outcome(),
                by=world[Role.IRO],
                at=NOW,
                expects=theirs.version,
            )
        with pytest.raises(NotNow, match="This is now: held"):
            actions.cancel_review(
                review=theirs, reason="Snow.", by=world[Role.SOCIAL_WORKER], at=NOW
            )

    def test_two_who_convene_make_one_review(self, world: World) -> None:
        stages.convened(world, by=world[Role.IRO])
        with pytest.raises(NotNow):
            stages.convened(world, by=world[Role.SOCIAL_WORKER])
        other = Review.objects.create(child=world.child, opened_at=NOW)
        with pytest.raises(DatabaseError, match="review_on_its_way_once"), transaction.atomic():
            Review.objects.filter(pk=other.pk).update(
                state="convened", convened_on=TODAY, convened_for=TODAY
            )


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("stage", "changes", "constraint"),
        [
            ("convened", {"convened_for": None}, "review_convened_for_a_day"),
            ("held", {"opened_on": None}, "review_held_has_days"),
            ("held", {"completed_on": HELD_ON - timedelta(days=1)}, "review_held_has_days"),
            ("held", {"heard_on": None}, "review_held_heard_the_child"),
            ("held", {"chair": None}, "review_held_heard_the_child"),
            (
                "decided",
                {"could_live_nearer": None},
                "review_decided_answers_plan_and_distance",
            ),
            ("recorded", {"discussion": ""}, "review_recorded_has_record"),
        ],
    )
    def test_it_keeps_what_a_stage_needs(
        self, world: World, stage: str, changes: dict[str, Any], constraint: str
    ) -> None:
        review = stages.at_stage(world, stage)
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**changes)


class TestLoading:
    def load(self, world: World, *rows: tuple[date, str]) -> Any:
        found = actions.load_reviews(
            {world.child.pk: [ReviewRow(*row) for row in rows]}, CLOCK, NOW
        )
        return {pk: [(each.verb, each.held_on) for each in each] for pk, each in found.items()}

    def test_they_become_closed_history_and_once(self, world: World) -> None:
        rows = [(date(2026, 1, 20), "PN1"), (date(2026, 2, 20), "PN3")]
        assert self.load(world, *rows) == {
            world.child.pk: [("added", rows[0][0]), ("added", rows[1][0])]
        }
        assert set(Review.objects.values_list("state", "is_historic")) == {("closed", True)}
        assert self.load(world, *rows) == {}
        assert queries.reviews_for_return([world.child.pk]) == {
            world.child.pk: [ReviewRow(*row) for row in rows]
        }

    def test_a_code_is_corrected_and_never_emptied(self, world: World) -> None:
        day = date(2026, 1, 20)
        self.load(world, (day, "PN1"))
        assert self.load(world, (day, "")) == {}
        assert self.load(world, (day, "PN2")) == {world.child.pk: [("corrected", day)]}
        assert Review.objects.get().participation == "PN2"

    def test_what_was_recorded_here_is_left_alone(self, world: World) -> None:
        review = stages.held(world)
        assert self.load(world, (HELD_ON, "PN7")) == {}
        review.refresh_from_db()
        assert review.participation == "PN3"

    def test_what_was_marked_as_in_error_does_not_come_back(self, world: World) -> None:
        day = date(2026, 1, 20)
        self.load(world, (day, "PN1"))
        actions.void_review(
            review=Review.objects.get(), reason="Not hers.", by=world[Role.IRO], at=NOW
        )
        assert self.load(world, (day, "PN1")) == {}

    def test_history_opens_no_clock_of_its_record_or_of_a_look_between(self, world: World) -> None:
        from backend.deadlines.recalculate import recalculate

        self.load(world, (date(2026, 1, 20), "PN1"))
        recalculate([world.child.pk], by=CLOCK, at=NOW, loaded=True)
        refs = set(Deadline.objects.filter(child=world.child).values_list("ref", flat=True))
        assert {"REV-01", "REV-02"} <= refs
        assert not {"IRO-04", "IRO-05", "IRO-07"} & refs

    def test_many_children_take_as_many_queries_as_one(self, world: World) -> None:
        rows = [ReviewRow(date(2026, 1, 20), "PN1"), ReviewRow(date(2026, 2, 20), "PN3")]
        with CaptureQueriesContext(connection) as one:
            actions.load_reviews({world.child.pk: rows}, CLOCK, NOW)
        others = [a_child().pk for _ in range(3)]
        with CaptureQueriesContext(connection) as many:
            actions.load_reviews(dict.fromkeys(others, rows), CLOCK, NOW)
        assert len(many) == len(one)


def test_holding_takes_as_many_queries_after_many_reviews_as_after_one() -> None:
    counts = []
    for before in (1, 4):
        world = a_world()
        rows = [ReviewRow(date(2026, 1, 10 + each), "PN1") for each in range(before)]
        actions.load_reviews({world.child.pk: rows}, CLOCK, NOW)
        review = stages.prepared(world)
        with CaptureQueriesContext(connection) as taken:
            actions.hold_review(
                review=review,
                opened_on=HELD_ON,
                outcome=stages.an_outcome(),
                by=world[Role.IRO],
                at=NOW,
            )
        counts.append(len(taken))
    assert counts[0] == counts[1]


def test_a_colleague_of_the_iro_does_not_chair(world: World) -> None:
    colleague = a_person("Another Officer")
    plays(colleague, Role.IRO, authority_id=BARKING)
    allocated(colleague, Role.IRO, a_child())
    with pytest.raises(NotAllowed):
        actions.hold_review(
            review=stages.prepared(world),
            opened_on=HELD_ON,
            outcome=stages.an_outcome(),
            by=colleague,
            at=NOW,
        )
