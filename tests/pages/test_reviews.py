"""A review from convening to closing through its pages, and who may do what there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.factories import NOW, TODAY, World
from tests.pages.conftest import Enter
from tests.workflows.reviews import stages
from tests.workflows.reviews.stages import HELD_ON
from workflows.reviews import actions
from workflows.reviews.models import Challenge, EarlyReview, ProposedChange, Review


def day_sent(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def step_url(review: Review, step: str) -> str:
    return reverse("review_step", args=[review.pk, step])


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class TestConvening:
    def test_an_iro_convenes_and_is_led_to_the_review(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.IRO])
        answer = client.post(
            reverse("review_convene", args=[world.child.pk]),
            {**day_sent("convened_for", TODAY + timedelta(days=14)), "venue": "At school"},
        )
        review = Review.objects.get(child=world.child)
        assert answer.headers["Location"] == reverse("review", args=[review.pk])
        assert (review.convened_for, review.venue) == (TODAY + timedelta(days=14), "At school")

    def test_a_day_that_cannot_be_is_said_beside_its_question(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.IRO])
        url = reverse("review_convene", args=[world.child.pk])
        for sent, expected in (
            ({}, "Enter the day of the review"),
            (day_sent("convened_for", TODAY + timedelta(days=900)), "within a year"),
            ({"convened_for_day": "31", "convened_for_month": "2", "convened_for_year": "2026"},
             "must be a real date"),
        ):  # fmt: skip
            page = client.post(url, sent)
            assert page.status_code == 200
            assert expected in page.context["form"].errors["convened_for"][0]
        assert not Review.objects.exists()

    def test_a_second_on_its_way_is_refused_and_what_was_typed_stays(
        self, world: World, enter: Enter
    ) -> None:
        stages.convened(world)
        page = enter(world[Role.IRO]).post(
            reverse("review_convene", args=[world.child.pk]),
            {**day_sent("convened_for", TODAY + timedelta(days=14)), "venue": "At the library"},
        )
        assert page.status_code == 409
        assert "already convened" in words(page)
        assert "At the library" in words(page)

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.IRO, 200),
            (Role.SOCIAL_WORKER, 200),
            (Role.TEAM_MANAGER, 200),
            (Role.ADVOCATE, 403),
            (Role.DIRECTOR, 403),
            (Role.HOST_OFFICER, 404),
            (Role.REGISTERED_MANAGER, 404),
            (Role.LADO, 404),
        ],
    )
    def test_who_may_convene(self, world: World, enter: Enter, role: Role, status: int) -> None:
        page = enter(world[role]).get(reverse("review_convene", args=[world.child.pk]))
        assert page.status_code == status


PREPARING = {
    "rearrange": {**day_sent("convened_for", TODAY + timedelta(days=9)), "venue": "Here"},
    "cancel": {"reason": "The child is in hospital."},
    "contact": day_sent("contacted_on", TODAY),
    "send": day_sent("sent_on", TODAY),
    "consult": {
        "whom": "parents",
        "outcome": "declined",
        "declined_why": "Would rather write.",
        **day_sent("consulted_on", TODAY),
    },
    "hear": {
        "heard": "yes",
        **day_sent("heard_on", HELD_ON),
        "was_heard_alone": "no",
        "not_alone_why": "She held on to her key worker.",
        "heard_by": ["symbols"],
        "heard_words": "Pointed to mum.",
    },
    "evidence": {
        "source": "school",
        "who": "Class teacher",
        "what": "Calm.",
        **day_sent("known_on", HELD_ON),
    },
    "adjourn": {
        **day_sent("opened_on", HELD_ON),
        **day_sent("resumes_on", TODAY + timedelta(days=5)),
        "why": "The health plan was missing.",
    },
    "void": {"reason": "The wrong child."},
}


class TestSteps:
    @pytest.mark.parametrize("step", PREPARING)
    def test_iro_takes_each_step_of_a_review_that_is_convened(
        self, world: World, enter: Enter, step: str
    ) -> None:
        review = stages.convened(world)
        role = Role.SOCIAL_WORKER if step == "send" else Role.IRO
        client = enter(world[role])
        assert client.get(step_url(review, step)).status_code == 200
        before = Event.objects.filter(about=review.about).count()
        answer = client.post(step_url(review, step), {**PREPARING[step], "version": review.version})
        assert answer.status_code == 302, answer.context["form"].errors
        assert Event.objects.filter(about=review.about).count() == before + 1

    def test_views_are_kept_with_their_reason(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        enter(world[Role.ADVOCATE]).post(step_url(review, "consult"), PREPARING["consult"])
        row = review.consultations.get()
        assert (row.whom, row.outcome, row.reason) == ("parents", "declined", "Would rather write.")

    def test_the_childs_views_need_words_and_the_way_they_came(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.convened(world)
        sent = {"whom": "child", "outcome": "views", **day_sent("consulted_on", TODAY)}
        client = enter(world[Role.IRO])
        page = client.post(step_url(review, "consult"), sent)
        assert "own_words" in page.context["form"].errors
        page = client.post(step_url(review, "consult"), {**sent, "own_words": "Garden."})
        assert "communicated_by" in page.context["form"].errors
        assert not review.consultations.exists()

    def test_form_for_the_child_begins_with_how_the_child_communicates(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.convened(world)
        page = enter(world[Role.IRO]).get(step_url(review, "consult") + "?whom=child")
        assert world.child.communication_profile in words(page)
        assert page.context["form"]["communicated_by"].value() == ["body", "symbols"]

    def test_unprepared_review_is_not_prepared_and_says_what_is_missing(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.convened(world)
        page = enter(world[Role.IRO]).post(step_url(review, "prepare"), {"version": review.version})
        assert page.status_code == 409
        assert "Still missing: views of the child" in words(page)

    def test_whole_life_of_a_review(self, world: World, enter: Enter) -> None:
        review = stages.asked(world, stages.convened(world))
        iro, manager = enter(world[Role.IRO]), enter(world[Role.TEAM_MANAGER])

        def take(client: Client, step: str, **sent: Any) -> None:
            review.refresh_from_db()
            answer = client.post(step_url(review, step), {"version": review.version, **sent})
            assert answer.status_code == 302, answer.context["form"].errors
            review.refresh_from_db()

        take(iro, "prepare")
        take(
            iro,
            "hold",
            **day_sent("opened_on", HELD_ON),
            **HELD,
            **{"there-count": 4, "there-2-name": "Ms Key", "there-2-part": "carer"},
        )
        assert (review.state, review.participation) == ("held", "PN3")
        assert [one.name for one in review.attendees.all()] == ["Ms Key"]
        take(iro, "evidence", source="school", who="Teacher", what="Calm and learning.")
        take(iro, "decide", **ANSWERS, **decision(1, owner=str(world[Role.SOCIAL_WORKER].pk)))
        made = review.decisions.get()
        assert (made.owner, made.owner_name) == (
            world[Role.SOCIAL_WORKER],
            world[Role.SOCIAL_WORKER].name,
        )
        take(manager, "answer", agrees="no", answer="There is no money for it.")
        take(iro, "record", discussion="All of it.", was_told_of_rights="yes", plan_changes="")
        take(iro, "circulate", circulated_to="All who were there", child_version="With symbols.")
        take(iro, "close", settled_how="The service manager found the money.")
        assert (review.state, review.settled_how) == (
            "closed",
            "The service manager found the money.",
        )
        answer = manager.post(
            reverse("decision_done", args=[made.pk]),
            {**day_sent("done_on", TODAY), "done_how": "Mum came."},
        )
        assert answer.status_code == 302
        made.refresh_from_db()
        assert made.done_on == TODAY

    def test_it_is_not_closed_on_the_homes_word_alone(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        review = actions.record_views(
            review=review, views=stages.views("carer"), by=world[Role.IRO], at=NOW
        )
        review = actions.hear_child(
            review=review, heard=stages.hearing(), by=world[Role.IRO], at=NOW
        )
        review = actions.hold_review(
            review=review,
            opened_on=HELD_ON,
            outcome=stages.an_outcome(unprepared_why="It could not wait."),
            by=world[Role.IRO],
            at=NOW,
        )
        page = enter(world[Role.IRO]).get(reverse("review", args=[review.pk]))
        assert "Everything this review rests on came from the home" in words(page)
        assert "1 of 1 item came from the home (100%)" in words(page)

    def test_amending_keeps_what_it_said_before(self, world: World, enter: Enter) -> None:
        review = stages.recorded(world)
        client = enter(world[Role.IRO])
        form = client.get(step_url(review, "amend")).context["form"]
        sent = {
            name: form[name].value() for name in form.fields if name not in ("why", "opened_on")
        }
        sent |= day_sent("opened_on", HELD_ON)
        sent |= {"discussion": "Put right.", "why": "A slip.", "version": review.version}
        answer = client.post(step_url(review, "amend"), sent)
        assert answer.status_code == 302, answer.context["form"].errors
        page = words(client.get(reverse("review", args=[review.pk])))
        assert "What was discussed, in full." in page
        assert "Put right." in page
        assert review.amendments.count() == 1


HELD = {
    "participation": "PN3",
    "conveyed_by": ["symbols"],
    "adjustments": "In the garden.",
    "was_advocate_invited": "yes",
    "was_advocate_present": "no",
    "advocate_why_not": "Ill that day.",
}
ANSWERS = {
    "is_plan_endorsed": "yes",
    "endorsement_why": "It follows what she shows.",
    "could_live_nearer": "no",
    "could_live_nearer_why": "No place nearer.",
    **day_sent("next_review_on", TODAY + timedelta(days=60)),
}


def decision(number: int, **facts: Any) -> dict[str, Any]:
    told = {"what": "See mum every week.", "owner": "other", "child_part": "Chose it.", **facts}
    sent = {f"decision-{number}-{name}": value for name, value in told.items()}
    return {
        "decision-count": number,
        **sent,
        **day_sent(f"decision-{number}-due_on", TODAY + timedelta(days=20)),
    }


class TestDecisions:
    def test_every_decision_needs_an_owner_and_a_date(self, world: World, enter: Enter) -> None:
        review = stages.held(world)
        page = enter(world[Role.IRO]).post(
            step_url(review, "decide"),
            {**ANSWERS, "decision-count": 1, "decision-1-what": "See mum."},
        )
        assert page.status_code == 200
        errors = page.context["several"][0].forms[0].errors
        assert set(errors) == {"owner", "due_on", "child_part"}
        assert "Choose who carries it out" in words(page)
        assert "<title>Error: " in words(page)
        assert not review.decisions.exists()

    def test_without_any_decision_nothing_is_issued(self, world: World, enter: Enter) -> None:
        review = stages.held(world)
        page = enter(world[Role.IRO]).post(step_url(review, "decide"), ANSWERS)
        assert "Enter at least one decision" in words(page)

    def test_one_more_is_asked_without_a_script_and_nothing_typed_is_lost(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.held(world)
        page = enter(world[Role.IRO]).post(
            step_url(review, "decide"),
            {"endorsement_why": "Half written", **decision(1, owner=""), "add": "decision"},
        )
        assert len(page.context["several"][0].forms) == 2
        assert "Half written" in words(page)
        assert "See mum every week." in words(page)
        assert not page.context["form"].errors
        assert "There is a problem" not in words(page)

    def test_two_decisions_and_an_empty_entry_make_two(self, world: World, enter: Enter) -> None:
        review = stages.held(world)
        sent = {
            **decision(1, owner_name="Key worker"),
            **decision(3, owner=str(world[Role.IRO].pk), what="Find a nearer school."),
        }
        answer = enter(world[Role.IRO]).post(step_url(review, "decide"), {**ANSWERS, **sent})
        assert answer.status_code == 302, answer.context["form"].errors
        assert [one.owner_name for one in review.decisions.all()] == [
            "Key worker",
            world[Role.IRO].name,
        ]

    @pytest.mark.parametrize("count", ["", "-1", "frog", "9999999", "1e3"])
    def test_a_count_that_is_none_is_set_aside(
        self, world: World, enter: Enter, count: str
    ) -> None:
        review = stages.held(world)
        page = enter(world[Role.IRO]).post(
            step_url(review, "decide"), {**ANSWERS, "decision-count": count}
        )
        assert page.status_code == 200
        assert len(page.context["several"][0].forms) <= 20


class TestTwoAtOnce:
    def test_a_review_that_moved_on_is_412_and_keeps_what_was_typed(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.convened(world)
        stale = review.version
        actions.contact_iro(review=review, contacted_on=TODAY, by=world[Role.SOCIAL_WORKER], at=NOW)
        client = enter(world[Role.IRO])
        sent = {**PREPARING["evidence"], "version": stale}
        page = client.post(step_url(review, "evidence"), sent)
        assert page.status_code == 412
        assert world[Role.SOCIAL_WORKER].name in words(page)
        assert "Calm." in words(page)
        assert page.context["version"] == stale + 1
        again = client.post(
            step_url(review, "evidence"), {**sent, "version": page.context["version"]}
        )
        assert again.status_code == 302

    def test_a_step_that_another_took_is_409_with_who_and_when(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.held(world)
        page = enter(world[Role.IRO]).post(
            step_url(review, "hold"), {**day_sent("opened_on", HELD_ON), **HELD}
        )
        assert page.status_code == 409
        assert "Held" in words(page) or "held" in words(page)
        assert world[Role.IRO].name in words(page)
        assert enter(world[Role.IRO]).get(step_url(review, "hold")).status_code == 409


class TestBadInput:
    @pytest.mark.parametrize("version", ["frog", "-1", "9" * 30, "1.5"])
    def test_a_version_that_is_none_is_not_believed(
        self, world: World, enter: Enter, version: str
    ) -> None:
        review = stages.convened(world)
        answer = enter(world[Role.IRO]).post(
            step_url(review, "contact"), {**PREPARING["contact"], "version": version}
        )
        assert answer.status_code == 302

    @pytest.mark.parametrize("text", ["x" * 20_001, "a\x00b"])
    def test_too_long_or_impossible_text_writes_nothing(
        self, world: World, enter: Enter, text: str
    ) -> None:
        review = stages.convened(world)
        page = enter(world[Role.IRO]).post(
            step_url(review, "evidence"), {**PREPARING["evidence"], "what": text}
        )
        assert page.status_code == 200
        assert page.context["form"].errors["what"]
        assert not review.evidence_given.exists()

    def test_a_step_that_is_none_is_404(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        assert enter(world[Role.IRO]).get(step_url(review, "explode")).status_code == 404


class TestPage:
    @pytest.mark.parametrize(
        "stage",
        [
            "convened",
            "prepared",
            "adjourned",
            "held",
            "decided",
            "recorded",
            "circulated",
            "closed",
        ],
    )
    def test_it_is_there_at_every_stage_with_its_dates_and_why(
        self, world: World, enter: Enter, stage: str
    ) -> None:
        review = stages.at_stage(world, stage)
        page = enter(world[Role.IRO]).get(reverse("review", args=[review.pk]))
        assert page.status_code == 200
        assert review.stands_at.label in words(page)
        assert "Why is this due?" in words(page)
        refs = {clock.ref for clock in page.context["clocks"]}
        assert {"IRO-02", "IRO-03"} <= refs
        if review.completed_on:
            assert {"IRO-05", "IRO-07", "IRO-08"} <= refs

    def test_only_this_reviews_dates_are_shown(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        near = Deadline.objects.filter(child=world.child, key=f"iro:contacted:r{review.pk}").get()
        near.pk, near.key = None, f"iro:contacted:r9{review.pk}"
        near.save()
        page = enter(world[Role.IRO]).get(reverse("review", args=[review.pk]))
        assert near.key not in {clock.key for clock in page.context["clocks"]}

    def test_the_childs_words_come_before_everybody_elses(self, world: World, enter: Enter) -> None:
        review = stages.held(world)
        page = words(enter(world[Role.IRO]).get(reverse("review", args=[review.pk])))
        assert page.index("Pointed to mum, twice.") < page.index("What this review rests on")
        assert page.index("In the child's own words") < page.index("When and where")

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.SOCIAL_WORKER, 200),
            (Role.IRO, 200),
            (Role.ADVOCATE, 200),
            (Role.TEAM_MANAGER, 200),
            (Role.DIRECTOR, 200),
            (Role.HOST_OFFICER, 404),
            (Role.REGISTERED_MANAGER, 404),
            (Role.INDEPENDENT_VISITOR, 404),
            (Role.LADO, 404),
            (Role.ADMINISTRATOR, 404),
        ],
    )
    def test_who_reads_it(self, world: World, enter: Enter, role: Role, status: int) -> None:
        review = stages.held(world)
        url = reverse("review", args=[review.pk])
        assert enter(world[role]).get(url).status_code == status

    def test_stranger_and_anonymous_learn_nothing(
        self, world: World, enter: Enter, client: Client
    ) -> None:
        review = stages.held(world)
        url = reverse("review", args=[review.pk])
        assert world.stranger is not None
        assert enter(world.stranger).get(url).status_code == 404
        assert client.get(url).headers["Location"].startswith("/account/login/")

    def test_advocate_reads_nothing_of_a_dispute(self, world: World, enter: Enter) -> None:
        review = stages.decided(world)
        stages.answered(world, review, agrees=False, answer="There is no money.")
        url = reverse("review", args=[review.pk])
        assert "There is no money." in words(enter(world[Role.IRO]).get(url))
        page = words(enter(world[Role.ADVOCATE]).get(url))
        assert "There is no money." not in page
        assert "isputed" not in page

    def test_only_what_the_reader_may_do_is_offered(self, world: World, enter: Enter) -> None:
        review = stages.prepared(world)
        url = reverse("review", args=[review.pk])
        iro = enter(world[Role.IRO]).get(url).context["steps"].buttons
        assert iro[0]["label"] == "Record the review meeting"
        assert iro[0]["is_primary"]
        director = enter(world[Role.DIRECTOR]).get(url).context["steps"]
        assert (director.buttons, director.rare) == ([], [])

    def test_queries_do_not_grow_with_what_it_rests_on(self, world: World, enter: Enter) -> None:
        review = stages.asked(world, stages.convened(world))
        client = enter(world[Role.IRO])
        url = reverse("review", args=[review.pk])

        def queries() -> int:
            client.get(url)
            with CaptureQueriesContext(connection) as found:
                client.get(url)
            return len(found)

        actions.add_evidence(review=review, evidence=stages.evidence(), by=world[Role.IRO], at=NOW)
        one = queries()
        for source in ("school", "health", "family"):
            actions.add_evidence(
                review=review, evidence=stages.evidence(source), by=world[Role.IRO], at=NOW
            )
            actions.record_views(
                review=review, views=stages.views("child"), by=world[Role.IRO], at=NOW
            )
        assert queries() == one

    def test_opening_it_is_logged(self, world: World, enter: Enter) -> None:
        from backend.access.models import ReadLog

        review = stages.convened(world)
        enter(world[Role.IRO]).get(reverse("review", args=[review.pk]))
        assert ReadLog.objects.filter(page=f"review {review.pk}").count() == 1


class TestDrafts:
    def test_what_was_typed_comes_back_without_errors_and_goes_when_sent(
        self, world: World, enter: Enter
    ) -> None:
        review = stages.convened(world)
        client = enter(world[Role.IRO])
        url = step_url(review, "evidence")
        kept = client.post(
            reverse("review_draft", args=[review.pk, "evidence"]), {"what": "Half a thought"}
        )
        assert kept.status_code == 200
        page = client.get(url)
        assert "Half a thought" in words(page)
        assert not page.context["form"].errors
        client.post(url, PREPARING["evidence"])
        assert "Half a thought" not in words(client.get(url))

    def test_a_draft_is_nobody_elses(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        url = reverse("review_draft", args=[review.pk, "evidence"])
        enter(world[Role.IRO]).post(url, {"what": "Half a thought"})
        page = enter(world[Role.SOCIAL_WORKER]).get(step_url(review, "evidence"))
        assert "Half a thought" not in words(page)
        assert enter(world[Role.DIRECTOR]).post(url, {}).status_code == 403
        assert world.stranger is not None
        assert enter(world.stranger).post(url, {}).status_code == 404

    def test_decisions_half_written_come_back(self, world: World, enter: Enter) -> None:
        review = stages.held(world)
        client = enter(world[Role.IRO])
        client.post(
            reverse("review_draft", args=[review.pk, "decide"]),
            {**decision(2, what="A second one"), "version": review.version},
        )
        page = client.get(step_url(review, "decide"))
        assert "A second one" in words(page)
        assert len(page.context["several"][0].forms) == 2

    def test_too_much_is_refused(self, world: World, enter: Enter) -> None:
        review = stages.convened(world)
        answer = enter(world[Role.IRO]).post(
            reverse("review_draft", args=[review.pk, "evidence"]), {"what": "x" * 70_000}
        )
        assert answer.status_code == 413


class TestAround:
    def post(self, client: Client, name: str, pk: int, **sent: Any) -> Any:
        assert client.get(reverse(name, args=[pk])).status_code == 200
        answer = client.post(reverse(name, args=[pk]), sent)
        assert answer.status_code == 302, answer.context["form"].errors
        return answer

    def test_early_review_is_asked_answered_and_withdrawn(self, world: World, enter: Enter) -> None:
        iro, worker = enter(world[Role.IRO]), enter(world[Role.SOCIAL_WORKER])
        self.post(
            iro, "early_review_ask", world.child.pk, reason="iro_request", words="She is hurt."
        )
        early = EarlyReview.objects.get()
        page = words(worker.get(reverse("child_reviews", args=[world.child.pk])))
        assert "She is hurt." in page
        self.post(
            worker,
            "early_review_answer",
            early.pk,
            answer="Next week.",
            **day_sent("offered_on", TODAY + timedelta(days=7)),
        )
        self.post(iro, "early_review_withdraw", early.pk, why="It was somebody else.")
        early.refresh_from_db()
        assert (early.offered_on, early.withdrawn_on) == (TODAY + timedelta(days=7), TODAY)

    def test_only_the_iro_asks_as_the_iro(self, world: World, enter: Enter) -> None:
        worker = enter(world[Role.SOCIAL_WORKER])
        url = reverse("early_review_ask", args=[world.child.pk])
        page = worker.post(url, {"reason": "iro_request", "words": "Now."})
        assert "reason" in page.context["form"].errors
        assert not EarlyReview.objects.exists()

    def test_change_is_proposed_and_considered_or_excused(self, world: World, enter: Enter) -> None:
        stages.held(world)
        worker = enter(world[Role.SOCIAL_WORKER])
        for what in ("Move to Leeds.", "Another school."):
            self.post(worker, "change_propose", world.child.pk, what=what, is_move="no")
        school, move = ProposedChange.objects.order_by("-pk")
        self.post(
            enter(world[Role.IRO]), "change_consider", move.pk, outcome="not_supported", why="No."
        )
        self.post(enter(world[Role.TEAM_MANAGER]), "change_excuse", school.pk, why="It closed.")
        move.refresh_from_db()
        school.refresh_from_db()
        assert (move.outcome, school.excused_on) == ("not_supported", TODAY)
        refused = worker.get(reverse("change_consider", args=[move.pk]))
        assert refused.status_code == 403

    def test_challenge_is_raised_and_answered_and_hidden_from_the_advocate(
        self, world: World, enter: Enter
    ) -> None:
        manager = world[Role.TEAM_MANAGER]
        self.post(
            enter(world[Role.IRO]),
            "challenge_raise",
            world.child.pk,
            about="delay",
            words="Nobody answered for a month.",
            to=str(manager.pk),
            **day_sent("due_on", TODAY + timedelta(days=5)),
        )
        challenge = Challenge.objects.get()
        url = reverse("challenge", args=[challenge.pk])
        page = reverse("child_reviews", args=[world.child.pk])
        assert "Drift or delay" in words(enter(manager).get(page))
        assert "Drift or delay" not in words(enter(world[Role.ADVOCATE]).get(page))
        assert enter(world[Role.ADVOCATE]).get(url).status_code == 404
        assert enter(world[Role.REGISTERED_MANAGER]).get(url).status_code == 404
        self.post(enter(manager), "challenge", challenge.pk, outcome="accepted", answer="Yes.")
        challenge.refresh_from_db()
        assert (challenge.outcome, challenge.answered_by) == ("accepted", manager)
        assert "Accepted" in words(enter(world[Role.IRO]).get(url))

    def test_look_between_reviews_is_the_iros(self, world: World, enter: Enter) -> None:
        self.post(
            enter(world[Role.IRO]),
            "iro_check",
            world.child.pk,
            found="On course.",
            **day_sent("checked_on", TODAY),
        )
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("iro_check", args=[world.child.pk]))
        assert page.status_code == 403
