"""What a child said and what came of it, through the pages; and the child's advocate."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from backend.records.models import Advocacy
from tests.factories import NOW, TODAY, World, an_outcome
from tests.pages.conftest import Enter
from workflows.visits.actions import record_visit
from workflows.voice import actions
from workflows.voice.models import View

SAID = {
    "own_words": "Pointed to: swing, again.",
    "communicated_by": ["symbols"],
    "came_from": "direct",
    "paraphrase": "Wants to go on the swing.",
}


def day_sent(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(world: World) -> str:
    return reverse("child_voice", args=[world.child.pk])


def a_view(world: World, **facts: Any) -> View:
    return actions.hear_view(
        child=world.child,
        said_on=TODAY,
        own_words=facts.pop("own_words", "Garden, please."),
        communicated_by=["speech"],
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
        **facts,
    )


def step_url(view: View, step: str) -> str:
    return reverse("view_step", args=[view.pk, step])


def take(client: Client, view: View, step: str, **sent: Any) -> Any:
    view.refresh_from_db()
    assert client.get(step_url(view, step)).status_code == 200
    answer = client.post(step_url(view, step), {"version": view.version, **sent})
    assert answer.status_code == 302, answer.context["form"].errors
    view.refresh_from_db()
    return answer


class TestHearing:
    def test_it_is_written_down_and_shown_before_what_was_understood(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.ADVOCATE])
        url = reverse("view_hear", args=[world.child.pk])
        asked = client.get(url)
        assert world.child.communication_profile in words(asked)
        client.post(url, {**SAID, **day_sent("said_on", TODAY)})
        page = words(client.get(page_of(world)))
        assert page.index("Pointed to: swing, again.") < page.index("Wants to go on the swing.")
        assert "Heard, not yet answered" in page

    def test_what_was_understood_never_stands_alone(self, world: World, enter: Enter) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).post(
            reverse("view_hear", args=[world.child.pk]),
            {**SAID, "own_words": "", **day_sent("said_on", TODAY)},
        )
        assert "own_words" in page.context["form"].errors
        assert not View.objects.exists()

    def test_a_day_in_the_future_is_said_beside_its_question(
        self, world: World, enter: Enter
    ) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).post(
            reverse("view_hear", args=[world.child.pk]),
            {**SAID, **day_sent("said_on", TODAY + timedelta(days=1))},
        )
        assert "said_on" in page.context["form"].errors

    def test_words_of_a_visit_are_read_from_the_visit(self, world: World, enter: Enter) -> None:
        visit = record_visit(
            child=world.child,
            outcome=an_outcome(TODAY - timedelta(days=1)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        page = enter(world[Role.IRO]).get(page_of(world))
        assert "Pointed to: garden, again, mum." in words(page)
        assert reverse("visit", args=[visit.pk]) in words(page)


class TestAnswering:
    def test_answered_told_and_kept(self, world: World, enter: Enter) -> None:
        view, client = a_view(world), enter(world[Role.SOCIAL_WORKER])
        take(
            client,
            view,
            "answer",
            will_act="yes",
            action="The gate is left open after tea.",
            action_owner=str(world[Role.TEAM_MANAGER].pk),
            **day_sent("act_by", TODAY + timedelta(days=7)),
        )
        assert (view.state, view.action_owner) == ("answered", world[Role.TEAM_MANAGER])
        take(client, view, "tell", told_how="With symbols.", **day_sent("told_on", TODAY))
        take(client, view, "keep", kept_how="It is open.", **day_sent("kept_on", TODAY))
        page = words(client.get(page_of(world)))
        for expected in ("The gate is left open after tea.", "With symbols.", "It is open."):
            assert expected in page

    def test_a_reason_why_not_is_an_answer(self, world: World, enter: Enter) -> None:
        view, client = a_view(world), enter(world[Role.SOCIAL_WORKER])
        take(client, view, "answer", will_act="no", reason_not="The river is in flood.")
        assert (view.reason_not, view.action) == ("The river is in flood.", "")

    def test_a_promise_needs_a_name_and_a_day(self, world: World, enter: Enter) -> None:
        view = a_view(world)
        page = enter(world[Role.SOCIAL_WORKER]).post(
            step_url(view, "answer"), {"will_act": "yes", "action": "Open it."}
        )
        assert {"action_owner", "act_by"} <= set(page.context["form"].errors)

    def test_the_child_cannot_be_told_before_there_is_an_answer(
        self, world: World, enter: Enter
    ) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).get(step_url(a_view(world), "tell"))
        assert page.status_code == 409
        assert "not yet answered" in words(page)

    def test_answer_to_what_moved_on_is_412(self, world: World, enter: Enter) -> None:
        view = a_view(world)
        stale = view.version
        actions.answer_view(view=view, reason_not="No.", by=world[Role.TEAM_MANAGER], at=NOW)
        page = enter(world[Role.SOCIAL_WORKER]).post(
            step_url(view, "answer"),
            {"will_act": "no", "reason_not": "Not now.", "version": stale},
        )
        assert page.status_code == 412
        assert "Not now." in words(page)
        assert world[Role.TEAM_MANAGER].name in words(page)

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.SOCIAL_WORKER, 200),
            (Role.TEAM_MANAGER, 200),
            (Role.IRO, 403),
            (Role.ADVOCATE, 403),
            (Role.HOST_OFFICER, 404),
            (Role.REGISTERED_MANAGER, 404),
        ],
    )
    def test_who_answers(self, world: World, enter: Enter, role: Role, status: int) -> None:
        assert enter(world[role]).get(step_url(a_view(world), "answer")).status_code == status


class TestPage:
    def test_entered_in_error_is_no_longer_among_what_was_said(
        self, world: World, enter: Enter
    ) -> None:
        view, client = a_view(world), enter(world[Role.SOCIAL_WORKER])
        take(client, view, "void", reason="The wrong child.")
        assert client.get(page_of(world)).context["entries"] == []

    def test_only_readers_of_the_record_see_it(
        self, world: World, enter: Enter, client: Client
    ) -> None:
        a_view(world)
        for role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.ADMINISTRATOR, Role.LADO):
            assert enter(world[role]).get(page_of(world)).status_code == 404
        assert world.stranger is not None
        assert enter(world.stranger).get(page_of(world)).status_code == 404
        assert client.get(page_of(world)).status_code == 302
        assert enter(world[Role.DIRECTOR]).get(page_of(world)).context["steps"] == []

    def test_queries_do_not_grow_with_what_was_said(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])

        def queries() -> int:
            client.get(page_of(world))
            with CaptureQueriesContext(connection) as found:
                client.get(page_of(world))
            return len(found)

        a_view(world)
        one = queries()
        for text in ("Two.", "Three."):
            a_view(world, own_words=text)
        assert queries() == one

    def test_opening_it_is_logged(self, world: World, enter: Enter) -> None:
        enter(world[Role.IRO]).get(page_of(world))
        assert ReadLog.objects.get(child_id=world.child.pk).page == "voice"


class TestAdvocate:
    def test_offered_answered_named_and_ended(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])

        def post(name: str, *args: Any, **sent: Any) -> None:
            url = reverse(name, args=args)
            assert client.get(url).status_code == 200
            answer = client.post(url, sent)
            assert answer.status_code == 302, answer.context["form"].errors

        post(
            "advocate_offer",
            world.child.pk,
            how_offered="With photographs.",
            basis="non_instructed",
            **day_sent("offered_on", TODAY),
        )
        one = Advocacy.objects.get()
        post("advocate_step", one.pk, "answer", is_accepted="yes", **day_sent("answered_on", TODAY))
        post(
            "advocate_step",
            one.pk,
            "appoint",
            advocate_name="Joy",
            organisation="Voices",
            commissioned_by="The authority",
            is_independent="no",
        )
        page = words(client.get(page_of(world)))
        assert "Joy, Voices" in page
        assert "Offer an advocate" not in page
        post("advocate_step", one.pk, "end", **day_sent("ended_on", TODAY))
        one.refresh_from_db()
        assert (one.answer, one.is_independent, one.ended_on) == ("accepted", False, TODAY)

    def test_a_second_offer_while_one_stands_is_409_in_words(
        self, world: World, enter: Enter
    ) -> None:
        actions.offer_advocate(
            child=world.child,
            offered_on=TODAY,
            how_offered="With photographs.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        page = enter(world[Role.SOCIAL_WORKER]).post(
            reverse("advocate_offer", args=[world.child.pk]),
            {"how_offered": "Again.", "basis": "instructed", **day_sent("offered_on", TODAY)},
        )
        assert page.status_code == 409
        assert "still waits for an answer" in words(page)

    def test_the_home_has_no_part_in_it(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.REGISTERED_MANAGER])
        assert client.get(reverse("advocate_offer", args=[world.child.pk])).status_code == 404
