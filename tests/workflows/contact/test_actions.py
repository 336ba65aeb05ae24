"""What happens when contact is agreed, set aside, takes place, or does not."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.casework.placing import end_placement
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Relative
from tests.factories import NOW, TODAY, World, a_child, a_world, moment
from workflows.contact import actions
from workflows.contact.checks import UnableToAgreePlan, UnableToSettleContact
from workflows.contact.models import Contact, ContactPlan, Suspension

pytestmark = pytest.mark.django_db

START = TODAY - timedelta(days=28)


def relative(world: World, **facts: Any) -> Relative:
    return Relative.objects.create(
        **{"child": world.child, "name": "Nana Example", "relationship": "Grandmother", **facts}
    )


def agree(world: World, **facts: Any) -> ContactPlan:
    return actions.agree_plan(
        **{
            "child": world.child,
            "relative": facts.get("relative") or relative(world),
            "way": "in_person",
            "every_days": 14,
            "started_on": START,
            "agreed_by": "Child, grandmother, social worker.",
            "childs_wish": "Chose the picture of Nana every time.",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def came(world: World, plan: ContactPlan | None = None, **facts: Any) -> Contact:
    return actions.record_contact(
        **{
            "child": world.child,
            "who": "family",
            "name": "Grandmother",
            "way": "in_person",
            "where": "setting",
            "on": TODAY - timedelta(days=14),
            "source": "family",
            "how_it_was": "Laughed; was quiet for an hour afterwards.",
            "plan": plan,
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def did_not_come(world: World, **facts: Any) -> Contact:
    return actions.miss_contact(
        **{
            "child": world.child,
            "who": "family",
            "name": "Grandmother",
            "way": "in_person",
            "on": TODAY,
            "why_not": "setting",
            "reason": "No member of staff could drive.",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def clocks() -> list[tuple[date | None, str]]:
    rows = Deadline.objects.filter(ref="LOC-04").order_by("counted_from", "pk")
    return list(rows.values_list("due_on", "status"))


def told(name: str) -> set[str]:
    return set(Notification.objects.filter(event__name=name).values_list("person__name", flat=True))


class TestAgreeing:
    def test_it_opens_a_local_clock_and_tells_the_iro(self, world: World) -> None:
        plan = agree(world)
        assert plan.state == "agreed"
        assert clocks() == [(START + timedelta(days=14), "open")]
        assert Deadline.objects.get(ref="LOC-04").kind == "local standard"
        assert told("contact.agreed") == {world[Role.IRO].name}

    def test_the_event_names_nobody(self, world: World) -> None:
        agree(world)
        event = Event.objects.get(name="contact.agreed")
        assert event.sentence == (
            "A plan to keep in touch was agreed from 2 February 2026: in person, at least every "
            "14 days."
        )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"way": "pigeon"}, "way"),
            ({"every_days": 0}, "every_days"),
            ({"every_days": 367}, "every_days"),
            ({"agreed_by": " "}, "agreed_by"),
            ({"childs_wish": ""}, "childs_wish"),
            ({"childs_wish": "x" * 10_000_000}, "childs_wish"),
            ({"restricted_by_order": True}, "restriction"),
            ({"started_on": TODAY + timedelta(days=1)}, "started_on"),
            ({"started_on": date(1999, 1, 1)}, "started_on"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refusal:
            agree(world, **facts)
        assert refusal.value.field == field
        assert not ContactPlan.objects.exists()

    def test_a_restricted_person_needs_the_order_named(self, world: World) -> None:
        father = relative(world, relationship="Father", contact_restricted=True)
        with pytest.raises(FactRefused, match="by which order"):
            agree(world, relative=father)
        plan = agree(
            world,
            relative=father,
            restricted_by_order=True,
            restriction="Family Court, 3 June 2025: supervised, two hours.",
            is_supervised=True,
        )
        assert plan.is_supervised

    def test_another_childs_grandmother_is_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="nobody in this child's life"):
            agree(world, relative=relative(world, child=a_child()))

    def test_one_plan_for_one_person_and_one_way(self, world: World) -> None:
        nana = relative(world)
        first = agree(world, relative=nana)
        with pytest.raises(UnableToAgreePlan, match="stands since 2 February 2026"):
            agree(world, relative=nana)
        agree(world, relative=nana, way="video", every_days=7)
        actions.end_plan(
            plan=first, ended_on=TODAY, reason="Moved.", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        agree(world, relative=nana, started_on=TODAY)
        assert ContactPlan.objects.count() == 3

    @pytest.mark.parametrize(
        "role",
        [role for role in Role if role not in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CLOCK)],
    )
    def test_others_do_not_agree_plans(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            agree(world, by=world[role])
        assert not ContactPlan.objects.exists()

    def test_when_a_later_part_fails_nothing_is_written(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nana, before = relative(world), Event.objects.count()

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the last part failed")

        monkeypatch.setattr("backend.casework.gate.tell", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            agree(world, relative=nana)
        assert not ContactPlan.objects.exists()
        assert Event.objects.count() == before
        assert clocks() == []


class TestSettingAside:
    def set_aside(self, world: World, plan: ContactPlan, **facts: Any) -> ContactPlan:
        return actions.suspend_plan(
            **{
                "plan": plan,
                "started_on": TODAY - timedelta(days=20),
                "reason": "Asked for by the child; decided by the team manager.",
                "by": world[Role.SOCIAL_WORKER],
                "at": NOW,
                **facts,
            }
        )

    def test_the_clock_stops_and_starts_anew(self, world: World) -> None:
        plan = self.set_aside(world, agree(world))
        assert plan.state == "suspended"
        assert clocks() == [(START + timedelta(days=14), "superseded")]
        plan = actions.resume_plan(
            plan=plan, resumed_on=TODAY, by=world[Role.SOCIAL_WORKER], at=NOW
        )
        assert plan.state == "agreed"
        assert clocks()[1:] == [(TODAY + timedelta(days=14), "open")]
        assert Suspension.objects.get().ended_on == TODAY
        assert told("contact.suspended") == {
            world[Role.IRO].name,
            world[Role.TEAM_MANAGER].name,
            world[Role.ADVOCATE].name,
        }

    def test_it_needs_a_reason_and_a_day_under_the_plan(self, world: World) -> None:
        plan = agree(world)
        with pytest.raises(FactRefused, match="who decided it"):
            self.set_aside(world, plan, reason="")
        with pytest.raises(FactRefused, match="in force since 2 February"):
            self.set_aside(world, plan, started_on=START - timedelta(days=1))
        assert not Suspension.objects.exists()

    def test_it_is_not_taken_up_before_it_was_set_aside(self, world: World) -> None:
        plan = self.set_aside(world, agree(world))
        with pytest.raises(FactRefused, match="set aside on 10 February"):
            actions.resume_plan(
                plan=plan,
                resumed_on=TODAY - timedelta(days=21),
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )
        assert ContactPlan.objects.get().state == "suspended"

    def test_what_is_set_aside_is_not_set_aside_again(self, world: World) -> None:
        plan = self.set_aside(world, agree(world))
        with pytest.raises(NotNow, match="set aside for now"):
            self.set_aside(world, plan)

    def test_ending_it_closes_the_pause(self, world: World) -> None:
        plan = self.set_aside(world, agree(world))
        actions.end_plan(
            plan=plan,
            ended_on=TODAY,
            reason="She has died.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert Suspension.objects.get().ended_on == TODAY

    def test_a_second_person_is_told_who_was_first(self, world: World) -> None:
        plan = agree(world)
        self.set_aside(world, plan, expects=plan.version)
        with pytest.raises(MovedOn, match=world[Role.SOCIAL_WORKER].name):
            self.set_aside(world, plan, by=world[Role.TEAM_MANAGER], expects=plan.version)

    def test_a_plan_in_error_owes_nothing(self, world: World) -> None:
        actions.void_plan(
            plan=agree(world), reason="Another child.", by=world[Role.TEAM_MANAGER], at=NOW
        )
        assert clocks() == [(START + timedelta(days=14), "superseded")]


class TestTakingPlace:
    def test_it_meets_the_plan_and_opens_the_next(self, world: World) -> None:
        plan = agree(world)
        came(world, plan)
        assert clocks() == [
            (START + timedelta(days=14), "met"),
            (TODAY, "open"),
        ]

    def test_it_lies_at_the_setting_of_that_day(self, world: World) -> None:
        contact = came(world)
        assert contact.placement_id == world.placement.pk
        event = Event.objects.get(name="contact.took_place")
        assert event.setting_id == world.setting.pk
        assert event.sentence == "Contact took place on 16 February 2026: family, in person."

    def test_the_setting_may_say_so_and_that_is_kept_as_its_word(self, world: World) -> None:
        contact = came(world, by=world[Role.REGISTERED_MANAGER], source="home")
        assert (contact.recorded_by, contact.source) == (world[Role.REGISTERED_MANAGER], "home")

    @pytest.mark.parametrize(
        "role",
        [Role.HOST_OFFICER, Role.LADO, Role.DIRECTOR, Role.ADMINISTRATOR, Role.INDEPENDENT_VISITOR],
    )
    def test_others_do_not_record_it(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            came(world, by=world[role])
        assert not Contact.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"who": "ghost"}, "who"),
            ({"name": ""}, "name"),
            ({"name": "n" * 201}, "name"),
            ({"way": "pigeon"}, "way"),
            ({"where": ""}, "where"),
            ({"where": "moon"}, "where"),
            ({"source": ""}, "source"),
            ({"on": TODAY + timedelta(days=1)}, "on"),
            ({"how_it_was": "a\x00"}, "how_it_was"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refusal:
            came(world, **facts)
        assert refusal.value.field == field
        assert not Contact.objects.exists()

    def test_another_childs_plan_is_refused(self, world: World) -> None:
        other = a_world()
        with pytest.raises(FactRefused, match="no plan of this child"):
            came(world, agree(other))

    def test_a_letter_does_not_meet_a_plan_to_meet(self, world: World) -> None:
        came(world, agree(world), way="letter", where="")
        assert clocks() == [(START + timedelta(days=14), "open")]


class TestPlanned:
    def planned(self, world: World, plan: ContactPlan, on: date = TODAY) -> Contact:
        return actions.arrange_contact(
            child=world.child,
            who="family",
            name="Grandmother",
            way="in_person",
            on=on,
            plan=plan,
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )

    def test_what_is_planned_meets_nothing(self, world: World) -> None:
        contact = self.planned(world, agree(world))
        assert contact.outcome == "planned"
        assert clocks() == [(START + timedelta(days=14), "open")]

    def test_it_took_place(self, world: World) -> None:
        planned = self.planned(world, agree(world))
        done = came(world, contact=planned, on=TODAY)
        assert (done.pk, done.outcome) == (planned.pk, "done")
        assert clocks()[0] == (START + timedelta(days=14), "met_late")

    def test_it_did_not_and_the_social_worker_hears_it(self, world: World) -> None:
        planned = self.planned(world, agree(world))
        did_not_come(world, contact=planned, by=world[Role.REGISTERED_MANAGER])
        assert Contact.objects.get().outcome == "missed"
        assert clocks() == [(START + timedelta(days=14), "open")]
        assert told("contact.missed") == {
            world[Role.SOCIAL_WORKER].name,
            world[Role.TEAM_MANAGER].name,
        }
        assert Event.objects.get(name="contact.missed").sentence == (
            "Contact expected on 2 March 2026 did not take place: family. "
            "The setting could not or would not arrange it."
        )

    def test_of_two_people_the_second_is_told_what_the_first_said(self, world: World) -> None:
        planned = self.planned(world, agree(world))
        came(world, contact=planned, on=TODAY)
        name = world[Role.SOCIAL_WORKER].name
        with pytest.raises(UnableToSettleContact, match=f"{name} already .* took place"):
            did_not_come(world, contact=planned, by=world[Role.REGISTERED_MANAGER])

    def test_a_day_that_has_passed_is_not_planned(self, world: World) -> None:
        with pytest.raises(FactRefused, match="from today"):
            self.planned(world, agree(world), TODAY - timedelta(days=1))

    @pytest.mark.parametrize(
        ("facts", "field"),
        [({"why_not": ""}, "why_not"), ({"reason": " "}, "reason"), ({"who": ""}, "who")],
    )
    def test_why_it_did_not_is_always_said(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refusal:
            did_not_come(world, **facts)
        assert refusal.value.field == field


class TestErrors:
    def test_an_entry_struck_out_meets_nothing_any_more(self, world: World) -> None:
        contact = came(world, agree(world))
        actions.strike_out_contact(
            contact=contact, reason="Another child.", by=world[Role.IRO], at=NOW
        )
        assert clocks() == [
            (START + timedelta(days=14), "open"),
            (TODAY, "superseded"),
        ]
        with pytest.raises(FactRefused, match="already struck out"):
            actions.strike_out_contact(contact=contact, reason="x", by=world[Role.IRO], at=NOW)

    def test_the_setting_strikes_out_only_its_own(self, world: World) -> None:
        manager = world[Role.REGISTERED_MANAGER]
        with pytest.raises(NotAllowed):
            actions.strike_out_contact(contact=came(world), reason="x", by=manager, at=NOW)
        own = came(world, by=manager, source="home")
        assert (
            actions.strike_out_contact(
                contact=own, reason="Another child.", by=manager, at=NOW
            ).outcome
            == "void"
        )

    def test_the_database_settles_a_contact_once_and_keeps_it(self, world: World) -> None:
        contact = came(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(
                outcome="missed", why_not="family", reason="x"
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).delete()


class TestSlipping:
    def test_silence_is_told_once_and_says_it_is_no_law(self, world: World) -> None:
        agree(world)
        late = moment(START + timedelta(days=15))
        sweep(at=late)
        sweep(at=late + timedelta(days=1))
        slipped = Notification.objects.filter(
            event__name="deadlines.slipped", deadline__ref="LOC-04"
        )
        assert sorted(row.person.name for row in slipped) == sorted(
            [world[Role.SOCIAL_WORKER].name, world[Role.TEAM_MANAGER].name]
        )

    def test_a_child_who_is_home_again_owes_none(self, world: World) -> None:
        agree(world)
        end_placement(
            placement=world.placement, ended_on=START + timedelta(days=7), by=CLOCK, at=NOW
        )
        assert clocks() == [(START + timedelta(days=14), "superseded")]


class TestPeople:
    def test_somebody_close_is_named_once_on_the_record(self, world: World) -> None:
        nana = actions.name_relative(
            child=world.child,
            name="Nana Example",
            relationship="Grandmother",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert list(world.child.relatives.all()) == [nana]
        assert "Nana" not in Event.objects.get(name="contact.relative_named").sentence

    def test_the_setting_does_not_name_them(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.name_relative(
                child=world.child,
                name="Nana",
                relationship="Grandmother",
                by=world[Role.REGISTERED_MANAGER],
                at=NOW,
            )


def test_recording_takes_as_many_queries_after_many_as_after_one(world: World) -> None:
    plan = agree(world)
    came(world, plan, on=TODAY - timedelta(days=20))
    with CaptureQueriesContext(connection) as after_one:
        came(world, plan, on=TODAY - timedelta(days=18))
    for days in (16, 14, 12):
        came(world, plan, on=TODAY - timedelta(days=days))
    with CaptureQueriesContext(connection) as after_many:
        came(world, plan, on=TODAY - timedelta(days=10))
    assert len(after_many) == len(after_one)
