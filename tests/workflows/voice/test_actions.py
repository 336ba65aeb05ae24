"""What happens when a child is heard, answered, told, and offered an advocate."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Advocacy
from tests.factories import NOW, TODAY, World, an_outcome, moment
from workflows.visits.actions import amend_visit, record_visit, void_visit
from workflows.visits.models import Visit
from workflows.voice import actions
from workflows.voice.checks import UnableToOfferAdvocate
from workflows.voice.models import View
from workflows.voice.queries import with_words

pytestmark = pytest.mark.django_db

DAY = TODAY - timedelta(days=1)


def hear(world: World, **facts: Any) -> View:
    return actions.hear_view(
        **{
            "child": world.child,
            "said_on": DAY,
            "own_words": "Symbols: dog, home, Saturday.",
            "communicated_by": ["symbols"],
            "paraphrase": "Wants to see the dog at home.",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def promise(world: World, view: View, **facts: Any) -> View:
    return actions.answer_view(
        **{
            "view": view,
            "action": "Arrange a Saturday at home with the dog.",
            "owner": world[Role.SOCIAL_WORKER],
            "act_by": TODAY + timedelta(days=21),
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def told(world: World, view: View, **facts: Any) -> View:
    return actions.tell_child(
        **{
            "view": view,
            "told_on": TODAY,
            "told_how": "With the same symbols, and the calendar.",
            "response": "Smiled and pointed to Saturday.",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW + timedelta(hours=1),
            **facts,
        }
    )


def names_told(name: str) -> set[str]:
    return set(Notification.objects.filter(event__name=name).values_list("person__name", flat=True))


def clock(ref: str) -> Deadline:
    return Deadline.objects.get(ref=ref)


class TestHearing:
    def test_it_keeps_the_words_and_opens_a_local_clock(self, world: World) -> None:
        view = hear(world, helped_by="Her teacher held the board.")
        assert view.state == "heard"
        assert view.own_words == "Symbols: dog, home, Saturday."
        assert view.placement_id == world.placement.pk
        due = clock("LOC-01")
        assert (due.kind, due.room, due.status) == ("local standard", "voice", "open")
        assert due.due_on == date(2026, 3, 13)

    def test_the_event_carries_none_of_the_words(self, world: World) -> None:
        hear(world)
        event = Event.objects.get(name="voice.heard")
        assert event.sentence == (
            "What the child said on 1 March 2026 was written down; it is owed an answer."
        )
        assert event.setting_id == world.setting.pk

    def test_what_the_advocate_heard_reaches_the_social_worker(self, world: World) -> None:
        hear(world, by=world[Role.ADVOCATE], came_from="advocate")
        assert names_told("voice.heard") == {world[Role.SOCIAL_WORKER].name}

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"own_words": "  "}, "own_words"),
            ({"own_words": "", "paraphrase": "Is happy."}, "own_words"),
            ({"own_words": "a\x00b"}, "own_words"),
            ({"own_words": "x" * 10_000_000}, "own_words"),
            ({"communicated_by": []}, "communicated_by"),
            ({"communicated_by": ["telepathy"]}, "communicated_by"),
            ({"came_from": "gossip"}, "came_from"),
            ({"said_on": TODAY + timedelta(days=1)}, "said_on"),
            ({"said_on": date(2001, 1, 1)}, "said_on"),
            ({"said_on": date(2012, 4, 30)}, "said_on"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refusal:
            hear(world, **facts)
        assert refusal.value.field == field
        assert not View.objects.exists()

    @pytest.mark.parametrize(
        "role",
        [
            role
            for role in Role
            if role not in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO, Role.ADVOCATE)
            and role != Role.CLOCK
        ],
    )
    def test_others_do_not_write_it_down(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            hear(world, by=world[role])
        assert not View.objects.exists()
        assert not Event.objects.filter(name="voice.heard").exists()

    def test_the_database_keeps_no_view_without_the_childs_words(self, world: World) -> None:
        view = hear(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            View.objects.filter(pk=view.pk).update(own_words="")


class TestAnswering:
    def test_a_promise_stops_one_clock_and_opens_two(self, world: World) -> None:
        view = promise(world, hear(world))
        assert view.state == "answered"
        assert (clock("LOC-01").status, clock("LOC-01").met_on) == ("met", TODAY)
        assert (clock("LOC-02").status, clock("LOC-02").due_on) == ("open", date(2026, 3, 9))
        assert clock("LOC-03").due_on == TODAY + timedelta(days=21)
        assert names_told("voice.answered") == {
            world[Role.IRO].name,
            world[Role.ADVOCATE].name,
        }

    def test_a_reason_why_not_is_an_answer(self, world: World) -> None:
        view = promise(world, hear(world), action="", reason_not="The dog has died.")
        assert (view.state, view.action_owner, view.act_by) == ("answered", None, None)
        assert not Deadline.objects.filter(ref="LOC-03").exists()
        assert Event.objects.get(name="voice.answered").carries["answer"] == (
            "a reason was given why not"
        )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"action": " "}, "action"),
            ({"reason_not": "No."}, "reason_not"),
            ({"owner": None}, "action_owner"),
            ({"act_by": None}, "act_by"),
            ({"act_by": TODAY - timedelta(days=1)}, "act_by"),
            ({"act_by": TODAY + timedelta(days=4000)}, "act_by"),
            ({"owner_name": "n" * 201}, "action_owner_name"),
        ],
    )
    def test_half_an_answer_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        view = hear(world)
        with pytest.raises(FactRefused) as refusal:
            promise(world, view, **facts)
        assert refusal.value.field == field
        assert View.objects.get().state == "heard"

    @pytest.mark.parametrize("role", [Role.IRO, Role.ADVOCATE, Role.REGISTERED_MANAGER])
    def test_only_the_authority_answers(self, world: World, role: Role) -> None:
        view = hear(world)
        with pytest.raises(NotAllowed, match="social worker or team manager"):
            promise(world, view, by=world[role])

    def test_a_second_person_is_told_who_answered_first(self, world: World) -> None:
        view = hear(world)
        promise(world, view, expects=view.version)
        with pytest.raises(MovedOn, match=world[Role.SOCIAL_WORKER].name):
            promise(world, view, by=world[Role.TEAM_MANAGER], expects=view.version)

    def test_a_new_answer_is_owed_to_the_child_again(self, world: World) -> None:
        view = told(world, promise(world, hear(world)))
        later = NOW + timedelta(days=14)
        view = promise(
            world, view, action="", reason_not="Mum cannot have the dog there.", at=later
        )
        assert (view.state, view.told_on, view.response) == ("answered", None, "")
        assert (view.answered_on, view.answer_given_on) == (TODAY, TODAY + timedelta(days=14))
        assert clock("LOC-01").status == "met"
        assert (clock("LOC-02").status, clock("LOC-02").due_on) == ("open", date(2026, 3, 23))
        assert clock("LOC-03").status == "superseded"

    def test_the_answer_before_it_is_kept(self, world: World) -> None:
        view = promise(world, hear(world))
        promise(world, view, action="", reason_not="Mum cannot have the dog there.")
        kept = View._meta.apps.get_model("voice", "ViewEvent").objects.filter(pgh_obj=view.pk)
        assert "Arrange a Saturday at home with the dog." in kept.values_list("action", flat=True)

    def test_when_a_later_part_fails_nothing_is_written(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        view = hear(world)
        before = (Event.objects.count(), Notification.objects.count(), Deadline.objects.count())

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the last part failed")

        monkeypatch.setattr("backend.casework.gate.tell", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            promise(world, view)
        assert View.objects.get().state == "heard"
        assert before == (
            Event.objects.count(),
            Notification.objects.count(),
            Deadline.objects.count(),
        )


class TestTelling:
    def test_you_said_we_did(self, world: World) -> None:
        view = told(world, promise(world, hear(world)), by=world[Role.ADVOCATE])
        assert (view.state, view.told_by) == ("told", world[Role.ADVOCATE])
        assert clock("LOC-02").status == "met"
        assert names_told("voice.told") == {world[Role.SOCIAL_WORKER].name}

    def test_nobody_is_told_before_there_is_an_answer(self, world: World) -> None:
        view = hear(world)
        with pytest.raises(NotNow, match="heard, not yet answered"):
            told(world, view)

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"told_how": ""}, "told_how"),
            ({"told_on": DAY}, "told_on"),
            ({"told_on": TODAY + timedelta(days=1)}, "told_on"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        view = promise(world, hear(world))
        with pytest.raises(FactRefused) as refusal:
            told(world, view, **facts)
        assert refusal.value.field == field

    def test_a_promise_is_kept_once(self, world: World) -> None:
        view = told(world, promise(world, hear(world)))
        kept: dict[str, Any] = {
            "kept_on": TODAY,
            "kept_how": "Spent Saturday with the dog.",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW + timedelta(hours=2),
        }
        view = actions.keep_promise(view=view, **kept)
        assert view.state == "told"
        assert clock("LOC-03").status == "met"
        with pytest.raises(FactRefused, match="already done"):
            actions.keep_promise(view=view, **kept)

    def test_a_reason_why_not_cannot_be_kept(self, world: World) -> None:
        view = promise(world, hear(world), action="", reason_not="The dog has died.")
        with pytest.raises(FactRefused, match="Nothing was promised"):
            actions.keep_promise(
                view=view, kept_on=TODAY, kept_how="x", by=world[Role.SOCIAL_WORKER], at=NOW
            )


class TestSlipping:
    def test_silence_is_told_once(self, world: World) -> None:
        hear(world)
        late = moment(date(2026, 3, 16))
        sweep(at=late)
        sweep(at=late + timedelta(days=1))
        slipped = Notification.objects.filter(
            event__name="deadlines.slipped", deadline__ref="LOC-01"
        )
        assert {row.person.name for row in slipped} == {
            world[Role.SOCIAL_WORKER].name,
            world[Role.TEAM_MANAGER].name,
            world[Role.IRO].name,
        }
        assert slipped.count() == 3


class TestErrors:
    def test_an_entry_in_error_stays_and_owes_nothing(self, world: World) -> None:
        view = actions.void_view(
            view=hear(world), reason="Another child.", by=world[Role.IRO], at=NOW
        )
        assert view.state == "void"
        assert clock("LOC-01").status == "superseded"

    def test_nothing_is_ever_removed_nor_its_state_set_by_hand(self, world: World) -> None:
        view = hear(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            View.objects.filter(pk=view.pk).delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            View.objects.filter(pk=view.pk).update(state="told")


class TestVisits:
    def visit(self, world: World, **outcome: Any) -> Visit:
        return record_visit(
            child=world.child,
            outcome=an_outcome(DAY, **outcome),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )

    def test_what_a_child_said_at_a_visit_is_owed_an_answer(self, world: World) -> None:
        visit = self.visit(world)
        view = View.objects.get()
        assert (view.reference, view.came_from, view.said_on) == (visit.about, "visit", DAY)
        assert clock("LOC-01").due_on == date(2026, 3, 13)

    def test_the_words_stay_with_the_visit(self, world: World) -> None:
        visit = self.visit(world)
        amend_visit(
            visit=visit,
            changes={"own_words": "Pointed to: garden, again, dad."},
            why="Misread the symbol.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        view = View.objects.get()
        assert view.own_words == ""
        words = with_words([view])[0].words_elsewhere
        assert words is not None
        assert words.own_words == "Pointed to: garden, again, dad."
        assert words.communicated_by == ("symbols", "body")

    def test_a_visit_with_only_what_the_visitor_understood_opens_none(self, world: World) -> None:
        self.visit(world, own_words="", paraphrase="Seemed well.")
        assert not View.objects.exists()

    def test_a_visit_entered_in_error_takes_it_back(self, world: World) -> None:
        visit = self.visit(world)
        void_visit(visit=visit, reason="Another child.", by=world[Role.SOCIAL_WORKER], at=NOW)
        assert View.objects.get().state == "void"

    def test_an_answer_outlives_a_visit_entered_in_error(self, world: World) -> None:
        visit = self.visit(world)
        promise(world, View.objects.get())
        void_visit(visit=visit, reason="Another day.", by=world[Role.SOCIAL_WORKER], at=NOW)
        assert View.objects.get().state == "answered"

    def test_when_the_day_of_the_visit_is_put_right_the_clock_follows(self, world: World) -> None:
        visit = self.visit(world)
        amend_visit(
            visit=visit,
            changes={"made_at": moment(DAY - timedelta(days=7), 15)},
            why="The wrong Sunday.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert View.objects.get().said_on == DAY - timedelta(days=7)
        assert clock("LOC-01").due_on == date(2026, 3, 6)

    def test_a_visit_moved_past_the_answer_leaves_the_view_where_it_was(self, world: World) -> None:
        visit = self.visit(world)
        promise(world, View.objects.get())
        amend_visit(
            visit=visit,
            changes={"made_at": moment(TODAY + timedelta(days=1))},
            why="The wrong day.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW + timedelta(days=2),
        )
        assert View.objects.get().said_on == DAY


class TestAdvocacy:
    def offer(self, world: World, **facts: Any) -> Advocacy:
        return actions.offer_advocate(
            **{
                "child": world.child,
                "offered_on": DAY,
                "how_offered": "With a picture of the advocate and a talking card.",
                "by": world[Role.IRO],
                "at": NOW,
                **facts,
            }
        )

    def answered(self, world: World, *, is_accepted: bool = True, **facts: Any) -> Advocacy:
        return actions.answer_offer(
            **{
                "advocacy": self.offer(world),
                "is_accepted": is_accepted,
                "answered_on": TODAY,
                "by": world[Role.SOCIAL_WORKER],
                "at": NOW,
                **facts,
            }
        )

    def named(self, world: World, **facts: Any) -> Advocacy:
        return actions.appoint_advocate(
            **{
                "advocacy": self.answered(world),
                "advocate_name": "Ada Advocate",
                "organisation": "Voices Together",
                "commissioned_by": "The placing authority",
                "is_independent": True,
                "by": world[Role.SOCIAL_WORKER],
                "at": NOW,
                **facts,
            }
        )

    def test_an_offer_is_made_accepted_and_filled(self, world: World) -> None:
        advocacy = self.named(world)
        assert (advocacy.answer, advocacy.is_independent) == ("accepted", True)
        assert list(
            Event.objects.filter(about=f"advocacy/{advocacy.pk}")
            .order_by("pk")
            .values_list("name", flat=True)
        ) == ["voice.advocate_offered", "voice.advocate_answered", "voice.advocate_appointed"]
        assert names_told("voice.advocate_offered") == {world[Role.SOCIAL_WORKER].name}
        assert names_told("voice.advocate_appointed") == {world[Role.IRO].name}

    def test_the_events_name_nobody(self, world: World) -> None:
        self.named(world)
        carried = Event.objects.filter(name__startswith="voice.").values_list("carries", flat=True)
        assert "Ada" not in str(list(carried))

    def test_a_child_who_cannot_instruct_is_offered_one_all_the_same(self, world: World) -> None:
        assert self.offer(world, basis="non_instructed").basis == "non_instructed"

    def test_no_second_offer_while_one_waits(self, world: World) -> None:
        self.offer(world)
        with pytest.raises(UnableToOfferAdvocate, match="waits for an answer"):
            self.offer(world)

    def test_no_offer_while_an_advocate_is_there(self, world: World) -> None:
        self.answered(world)
        with pytest.raises(UnableToOfferAdvocate, match="accepted"):
            self.offer(world)

    def test_a_child_who_declined_can_be_offered_one_again(self, world: World) -> None:
        self.answered(world, is_accepted=False)
        self.offer(world, offered_on=TODAY)
        assert Advocacy.objects.count() == 2

    def test_nobody_is_named_before_the_child_accepts(self, world: World) -> None:
        declined = self.answered(world, is_accepted=False)
        with pytest.raises(FactRefused, match="accepted an advocate"):
            actions.appoint_advocate(
                advocacy=declined,
                advocate_name="Ada",
                organisation="Voices",
                commissioned_by="Us",
                is_independent=True,
                by=world[Role.IRO],
                at=NOW,
            )

    @pytest.mark.parametrize("field", ["advocate_name", "organisation", "commissioned_by"])
    def test_who_they_are_and_who_pays_is_said(self, world: World, field: str) -> None:
        with pytest.raises(FactRefused) as refusal:
            self.named(world, **{field: " "})
        assert refusal.value.field == field

    def test_it_ends_once_and_not_before_it_was_offered(self, world: World) -> None:
        advocacy = self.named(world)
        ends: dict[str, Any] = {"by": world[Role.ADVOCATE], "at": NOW}
        with pytest.raises(FactRefused, match="offer was made on 1 March 2026"):
            actions.end_advocacy(advocacy=advocacy, ended_on=DAY - timedelta(days=1), **ends)
        actions.end_advocacy(advocacy=advocacy, ended_on=TODAY, **ends)
        with pytest.raises(FactRefused, match="already ended"):
            actions.end_advocacy(advocacy=advocacy, ended_on=TODAY, **ends)

    @pytest.mark.parametrize("role", [Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.DIRECTOR])
    def test_others_do_not_offer(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            self.offer(world, by=world[role])
        assert not Advocacy.objects.exists()


def test_hearing_takes_as_many_queries_after_many_as_after_one(world: World) -> None:
    hear(world)
    with CaptureQueriesContext(connection) as after_one:
        hear(world)
    for _ in range(3):
        hear(world)
    with CaptureQueriesContext(connection) as after_many:
        hear(world)
    assert len(after_many) == len(after_one)
