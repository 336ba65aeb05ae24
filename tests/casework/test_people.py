"""Accounts, parts, teams and policy: who may, what follows at once, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from knox.models import AuthToken
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.access.grants import compare_children
from backend.access.models import Person, RoleAssignment
from backend.access.visibility import children_visible_to
from backend.casework import accounts, authorities
from backend.casework.accounts import PLAYED_FOR
from backend.casework.authorities import Policy, cover_of, policy_of
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.jobs import recount_authority
from backend.casework.people import allocate
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK, reacts_to, record
from backend.grammar.moments import end_of
from backend.grammar.roles import IN_ONE_CASE, Role
from backend.notify.models import Notification
from backend.notify.tell import Telling, tell
from backend.records.models import Authority
from tests.factories import (
    BARKING,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_person,
    a_team,
    an_authority,
    plays,
)

pytestmark = pytest.mark.django_db
LAW_ALONE = Policy(
    first_day_visit_counts=False, local_days_between_visits=None, request_target_days=5
)


@pytest.fixture
def ada(world: World) -> Person:
    return world[Role.ADMINISTRATOR]


def facts_of_somebody(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "name": "Nia Okafor",
        "email": "Nia.Okafor@Example.org",
        "organisation": "Barking and Dagenham",
        "role": Role.TEAM_MANAGER,
        "place": world.team,
        "started_on": TODAY,
        "at": NOW,
        **facts,
    }


def sees(person: Person, world: World) -> bool:
    return children_visible_to(Person.objects.get(pk=person.pk)).filter(pk=world.child.pk).exists()


def part_of(person: Person, role: Role) -> RoleAssignment:
    return RoleAssignment.objects.get(person=person, role=role)


def names_of_events() -> list[str]:
    kinds = ("people.added", "people.part_", "people.left", "people.returned", "teams.", "author")
    return [one.name for one in Event.objects.order_by("pk") if one.name.startswith(kinds)]


class TestParts:
    def test_person_who_is_added_sees_at_once_what_the_part_opens(
        self, world: World, ada: Person
    ) -> None:
        nia = accounts.add_person(**facts_of_somebody(world), by=ada)
        assert nia.email == "nia.okafor@example.org"
        assert not nia.has_usable_password()
        assert sees(nia, world)
        assert names_of_events() == ["people.added", "people.part_given"]
        given = Event.objects.get(name="people.part_given")
        assert given.sentence == (
            f"Nia Okafor was given the part of team manager for {world.team.name} "
            "from 2 March 2026."
        )
        assert (given.by_name, given.about) == (ada.name, f"people/{nia.pk}")

    def test_part_that_ended_opens_nothing_from_that_day(self, world: World, ada: Person) -> None:
        manager = world[Role.TEAM_MANAGER]
        assert sees(manager, world)
        part = part_of(manager, Role.TEAM_MANAGER)
        accounts.end_role(assignment=part, ended_on=TODAY, by=ada, at=NOW)
        assert not sees(manager, world)
        part.refresh_from_db()
        assert part.ended_on == TODAY - timedelta(days=1)
        assert not compare_children([world.child.pk], TODAY)

    def test_part_given_and_taken_back_on_one_day_opens_nothing(
        self, world: World, ada: Person
    ) -> None:
        nia = accounts.add_person(**facts_of_somebody(world), by=ada)
        part = part_of(nia, Role.TEAM_MANAGER)
        accounts.end_role(assignment=part, ended_on=TODAY, by=ada, at=NOW)
        assert not sees(nia, world)
        assert names_of_events()[-2:] == ["people.part_given", "people.part_ended"]

    def test_nobody_gives_a_part_to_themselves(self, world: World, ada: Person) -> None:
        for role, place in (
            (Role.TEAM_MANAGER, world.team),
            (Role.DIRECTOR, an_authority(BARKING)),
        ):
            with pytest.raises(NotAllowed, match="another administrator"):
                accounts.assign_role(
                    person=ada, role=role, place=place, started_on=TODAY, by=ada, at=NOW
                )
        assert not sees(ada, world)

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_only_an_administrator_of_the_authority_gives_and_ends(
        self, world: World, role: Role
    ) -> None:
        one, other = world[role], a_person("Somebody")
        part = part_of(world[Role.TEAM_MANAGER], Role.TEAM_MANAGER)
        if role == Role.ADMINISTRATOR:
            return
        with pytest.raises(NotAllowed, match="administrator"):
            accounts.assign_role(
                person=other,
                role=Role.TEAM_MANAGER,
                place=world.team,
                started_on=TODAY,
                by=one,
                at=NOW,
            )
        with pytest.raises(NotAllowed, match="administrator"):
            accounts.end_role(assignment=part, ended_on=TODAY, by=one, at=NOW)
        with pytest.raises(NotAllowed, match="administrator"):
            accounts.add_person(**facts_of_somebody(world), by=one)
        assert names_of_events() == []

    def test_administrator_of_another_authority_is_refused(self, world: World) -> None:
        elsewhere = a_person("Of Leeds")
        plays(elsewhere, Role.ADMINISTRATOR, authority_id=LEEDS)
        with pytest.raises(NotAllowed):
            accounts.add_person(**facts_of_somebody(world), by=elsewhere)
        with pytest.raises(NotAllowed):
            accounts.add_person(**facts_of_somebody(world, place=world.setting), by=elsewhere)
        accounts.add_person(**facts_of_somebody(world, place=a_team(LEEDS)), by=elsewhere)

    def test_administrator_whose_part_ended_is_refused(self, world: World, ada: Person) -> None:
        RoleAssignment.objects.filter(person=ada).update(ended_on=TODAY - timedelta(days=1))
        with pytest.raises(NotAllowed):
            accounts.add_person(**facts_of_somebody(world), by=ada)

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": "  "}, "name"),
            ({"email": "nia at example"}, "email"),
            ({"role": Role.DIRECTOR}, "place"),
            ({"role": Role.REGISTERED_MANAGER}, "place"),
            ({"role": Role.CLOCK}, "role"),
            ({"started_on": TODAY + timedelta(days=1)}, "started_on"),
        ],
    )
    def test_what_cannot_be_is_refused_and_leaves_nothing(
        self, world: World, ada: Person, facts: dict[str, Any], field: str
    ) -> None:
        before = Person.objects.count()
        with pytest.raises(FactRefused) as refusal:
            accounts.add_person(**facts_of_somebody(world, **facts), by=ada)
        assert refusal.value.field == field
        assert Person.objects.count() == before
        assert names_of_events() == []

    def test_address_is_used_once_however_it_is_written(self, world: World, ada: Person) -> None:
        accounts.add_person(**facts_of_somebody(world), by=ada)
        with pytest.raises(FactRefused) as refusal:
            accounts.add_person(**facts_of_somebody(world, email="NIA.okafor@example.org"), by=ada)
        assert refusal.value.field == "email"

    def test_same_part_is_given_once(self, world: World, ada: Person) -> None:
        nia = accounts.add_person(**facts_of_somebody(world), by=ada)
        with pytest.raises(FactRefused, match="already"):
            accounts.assign_role(
                person=nia,
                role=Role.TEAM_MANAGER,
                place=world.team,
                started_on=TODAY,
                by=ada,
                at=NOW,
            )

    def test_last_administrator_cannot_go(self, world: World, ada: Person) -> None:
        part = part_of(ada, Role.ADMINISTRATOR)
        with pytest.raises(NotNow, match="only administrator"):
            accounts.end_role(assignment=part, ended_on=TODAY, by=ada, at=NOW)
        plays(a_person(), Role.ADMINISTRATOR, authority_id=BARKING)
        accounts.end_role(assignment=part, ended_on=TODAY, by=ada, at=NOW)

    def test_every_part_that_is_given_has_a_place(self) -> None:
        assert set(PLAYED_FOR) == set(Role) - {Role.CLOCK, *IN_ONE_CASE}

    def test_failure_after_the_change_takes_everything_back(
        self, world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from backend.events import record as writing

        def falls_over(event: Event) -> None:
            raise RuntimeError("the reaction fell over")

        before = (Person.objects.count(), RoleAssignment.objects.count(), Event.objects.count())
        reacts_to("people.part_given")(falls_over)
        try:
            with pytest.raises(RuntimeError):
                accounts.add_person(**facts_of_somebody(world), by=ada)
        finally:
            writing._reactions["people.part_given"].remove(falls_over)
        after = (Person.objects.count(), RoleAssignment.objects.count(), Event.objects.count())
        assert after == before


class TestAlerts:
    def test_alerts_of_a_part_that_ended_go_to_whoever_is_above(
        self, world: World, ada: Person
    ) -> None:
        manager, above = world[Role.TEAM_MANAGER], world[Role.SERVICE_MANAGER]
        sweep(at=end_of(TODAY + timedelta(days=30)))
        mine = Notification.objects.filter(person=manager, moved_to__isnull=True)
        count = mine.count()
        assert count
        accounts.end_role(
            assignment=part_of(manager, Role.TEAM_MANAGER), ended_on=TODAY, by=ada, at=NOW
        )
        assert mine.count() == 0
        moved = Notification.objects.filter(person=above, moved_from__person=manager)
        assert moved.count() == count

    def test_part_stays_while_its_alerts_would_be_on_nobodys_desk(
        self, world: World, ada: Person
    ) -> None:
        manager = world[Role.TEAM_MANAGER]
        sweep(at=end_of(TODAY + timedelta(days=30)))
        others = (Role.SERVICE_MANAGER, Role.DIRECTOR)
        RoleAssignment.objects.filter(role__in=others).update(ended_on=TODAY - timedelta(days=1))
        part = part_of(manager, Role.TEAM_MANAGER)
        with pytest.raises(NotNow, match="open alerts"):
            accounts.end_role(assignment=part, ended_on=TODAY, by=ada, at=NOW)
        part.refresh_from_db()
        assert part.ended_on is None
        assert sees(manager, world)

    def test_alerts_stay_with_somebody_who_still_plays_the_part(
        self, world: World, ada: Person
    ) -> None:
        manager = world[Role.TEAM_MANAGER]
        plays(manager, Role.TEAM_MANAGER, team=a_team())
        sweep(at=end_of(TODAY + timedelta(days=30)))
        mine = Notification.objects.filter(person=manager, moved_to__isnull=True)
        count = mine.count()
        second = RoleAssignment.objects.filter(person=manager).latest("pk")
        accounts.end_role(assignment=second, ended_on=TODAY, by=ada, at=NOW)
        assert mine.count() == count > 0


class TestLeaving:
    def test_worker_with_children_stays_and_it_is_said_who_can_move_them(
        self, world: World, ada: Person
    ) -> None:
        worker = world[Role.SOCIAL_WORKER]
        with pytest.raises(NotNow) as refusal:
            accounts.mark_left(person=worker, authority=an_authority(), by=ada, at=NOW)
        assert "1 child is allocated" in refusal.value.reason
        assert world[Role.TEAM_MANAGER].name in refusal.value.reason
        assert world.child.name not in refusal.value.reason
        worker.refresh_from_db()
        assert worker.is_active

    def test_worker_leaves_once_the_children_are_allocated(self, world: World, ada: Person) -> None:
        worker, next_worker = world[Role.SOCIAL_WORKER], a_person("Next")
        AuthToken.objects.create(worker)
        allocate(
            child=world.child,
            person=next_worker,
            role=Role.SOCIAL_WORKER,
            started_on=TODAY,
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        accounts.mark_left(person=worker, authority=an_authority(), by=ada, at=NOW)
        worker.refresh_from_db()
        assert not worker.is_active
        assert not worker.assignments.filter(ended_on__isnull=True).exists()
        assert not worker.groups.exists()
        assert not AuthToken.objects.filter(user=worker).exists()
        assert names_of_events()[-1] == "people.left"

    def test_manager_who_left_and_came_back_sees_nothing_until_given_a_part(
        self, world: World, ada: Person
    ) -> None:
        manager = world[Role.TEAM_MANAGER]
        facts: dict[str, Any] = {"authority": an_authority(), "by": ada, "at": NOW}
        accounts.mark_left(person=manager, **facts)
        assert not sees(manager, world)
        with pytest.raises(NotNow, match="left already"):
            accounts.mark_left(person=manager, **facts)
        accounts.bring_back(person=manager, **facts)
        assert Person.objects.get(pk=manager.pk).is_active
        assert not sees(manager, world)
        with pytest.raises(NotNow, match="not left"):
            accounts.bring_back(person=manager, **facts)
        accounts.assign_role(
            person=manager,
            role=Role.TEAM_MANAGER,
            place=world.team,
            started_on=TODAY,
            by=ada,
            at=NOW,
        )
        assert sees(manager, world)

    def test_nobody_closes_their_own_account(self, ada: Person) -> None:
        plays(a_person(), Role.ADMINISTRATOR, authority_id=BARKING)
        with pytest.raises(NotAllowed, match="your own"):
            accounts.mark_left(person=ada, authority=an_authority(), by=ada, at=NOW)

    def test_account_of_another_authority_is_not_closed_from_here(
        self, world: World, ada: Person
    ) -> None:
        with pytest.raises(NotAllowed, match="does not work for"):
            accounts.mark_left(person=world.stranger, authority=an_authority(), by=ada, at=NOW)
        both = world[Role.TEAM_MANAGER]
        plays(both, Role.HOST_OFFICER, authority_id=LEEDS)
        with pytest.raises(NotNow, match="another authority"):
            accounts.mark_left(person=both, authority=an_authority(), by=ada, at=NOW)
        assert sees(both, world)

    def test_person_who_left_is_given_a_part_only_when_brought_back(
        self, world: World, ada: Person
    ) -> None:
        manager, facts = world[Role.TEAM_MANAGER], {"started_on": TODAY, "by": ada, "at": NOW}
        accounts.mark_left(person=manager, authority=an_authority(), by=ada, at=NOW)
        manager.refresh_from_db()
        part: dict[str, Any] = {"role": Role.TEAM_MANAGER, "place": world.team, **facts}
        with pytest.raises(FactRefused, match="has left"):
            accounts.assign_role(person=manager, **part)
        accounts.give_part_to_known(person=manager, authority=an_authority(), **part)
        assert sees(manager, world)


class TestTeams:
    def test_team_is_added_renamed_and_put_under_a_service(self, world: World, ada: Person) -> None:
        facts: dict[str, Any] = {"by": ada, "at": NOW}
        service = world.team.service
        assert service is not None
        team = authorities.add_team(
            authority=an_authority(), name=" North ", service=service, **facts
        )
        assert (team.name, team.service) == ("North", service)
        authorities.rename_team(team=team, name="North East", **facts)
        authorities.put_under_service(team=team, service=None, **facts)
        team.refresh_from_db()
        assert (team.name, team.service) == ("North East", None)
        assert names_of_events() == ["teams.added", "teams.renamed", "teams.moved"]

    def test_service_manager_sees_the_children_of_the_teams_of_the_service_only(
        self, world: World, ada: Person
    ) -> None:
        before, after = world[Role.SERVICE_MANAGER], a_person("Other service")
        service = a_team()
        plays(after, Role.SERVICE_MANAGER, team=service)
        assert (sees(before, world), sees(after, world)) == (True, False)
        authorities.put_under_service(team=world.team, service=service, by=ada, at=NOW)
        assert (sees(before, world), sees(after, world)) == (False, True)

    def test_alerts_go_with_the_team(self, world: World, ada: Person) -> None:
        event = record(
            "people.deallocated",
            by=CLOCK,
            at=NOW,
            about=f"children/{world.child.pk}",
            child_id=world.child.pk,
            carries={"name": "Somebody", "role": "social worker", "on": "2 March 2026"},
        )
        tell([Telling(event, (Role.SERVICE_MANAGER,))], at=NOW)
        before = Notification.objects.filter(
            person=world[Role.SERVICE_MANAGER], moved_to__isnull=True
        )
        assert before.exists()
        authorities.put_under_service(team=world.team, service=None, by=ada, at=NOW)
        assert not before.exists()
        assert Notification.objects.filter(person=world[Role.TEAM_MANAGER], event=event).exists()

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101])
    def test_name_that_is_none_is_refused(self, ada: Person, name: str) -> None:
        with pytest.raises(FactRefused) as refusal:
            authorities.add_team(authority=an_authority(), name=name, service=None, by=ada, at=NOW)
        assert refusal.value.field == "name"

    def test_impossible_services_are_refused(self, world: World, ada: Person) -> None:
        service = world.team.service
        assert service is not None
        for team, under in (
            (world.team, world.team),
            (world.team, a_team(LEEDS)),
            (service, a_team()),
            (a_team(), world.team),
        ):
            with pytest.raises(FactRefused) as refusal:
                authorities.put_under_service(team=team, service=under, by=ada, at=NOW)
            assert refusal.value.field == "service"

    def test_two_teams_of_an_authority_never_share_a_name(self, world: World, ada: Person) -> None:
        with pytest.raises(FactRefused, match="Another team"):
            authorities.add_team(
                authority=an_authority(),
                name=world.team.name.upper(),
                service=None,
                by=ada,
                at=NOW,
            )

    def test_teams_of_another_authority_are_refused(self, ada: Person) -> None:
        team = a_team(LEEDS)
        with pytest.raises(NotAllowed):
            authorities.rename_team(team=team, name="Ours", by=ada, at=NOW)
        with pytest.raises(NotAllowed):
            authorities.put_under_service(team=team, service=None, by=ada, at=NOW)
        with pytest.raises(NotAllowed):
            authorities.add_team(
                authority=an_authority(LEEDS), name="Ours", service=None, by=ada, at=NOW
            )


class TestPolicy:
    def test_change_is_said_and_counts_every_child_again(self, world: World, ada: Person) -> None:
        def targets() -> list[Any]:
            rows = Deadline.objects.filter(child=world.child, ref="VIS-11")
            return [row.local_due_on for row in rows]

        from workflows.visits.actions import request_visit

        request_visit(
            child=world.child,
            asked_by="child",
            asked_on=TODAY,
            how_asked="symbols",
            words="Come.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        before = targets()
        policy = Policy(
            first_day_visit_counts=True, local_days_between_visits=28, request_target_days=2
        )
        authorities.set_policy(authority=an_authority(), policy=policy, by=ada, at=NOW)
        assert policy_of(an_authority()) == policy
        event = Event.objects.get(name="authorities.policy_changed")
        assert event.about == f"authorities/{BARKING}"
        assert "days between visits: at most 28, before: as the law says" in event.sentence
        job = ProcrastinateJob.objects.get(task_name__endswith="recount_authority")
        assert job.args == {"authority": BARKING, "person": ada.pk}
        recount_authority(**job.args)
        after = targets()
        assert len(after) == len(before) == 1
        assert after[0] < before[0]

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"local_days_between_visits": 43}, "local_days_between_visits"),
            ({"local_days_between_visits": 0}, "local_days_between_visits"),
            ({"request_target_days": 0}, "request_target_days"),
            ({"request_target_days": 21}, "request_target_days"),
            ({}, ""),
        ],
    )
    def test_limit_that_is_not_tighter_than_the_law_is_refused(
        self, ada: Person, facts: dict[str, Any], field: str
    ) -> None:
        policy = Policy(
            **{
                "first_day_visit_counts": False,
                "local_days_between_visits": None,
                "request_target_days": 5,
                **facts,
            }
        )
        with pytest.raises(FactRefused) as refusal:
            authorities.set_policy(authority=an_authority(), policy=policy, by=ada, at=NOW)
        assert refusal.value.field == field
        assert policy_of(an_authority()) == LAW_ALONE
        assert not ProcrastinateJob.objects.filter(task_name__endswith="recount_authority")

    def test_it_names_who_covers_out_of_hours(self, ada: Person) -> None:
        duty = "Emergency duty team, 020 7946 0000"
        policy = replace(LAW_ALONE, out_of_hours=f" {duty} ")
        authorities.set_policy(authority=an_authority(), policy=policy, by=ada, at=NOW)
        assert cover_of(BARKING).words == cover_of(an_authority()).words == duty
        event = Event.objects.get(name="authorities.policy_changed")
        assert f"who covers out of hours: {duty}, before: nobody named" in event.sentence
        authorities.set_policy(authority=an_authority(), policy=LAW_ALONE, by=ada, at=NOW)
        assert cover_of(BARKING).words == ""
        too_long = replace(LAW_ALONE, out_of_hours="x" * 501)
        with pytest.raises(FactRefused) as refusal:
            authorities.set_policy(authority=an_authority(), policy=too_long, by=ada, at=NOW)
        assert refusal.value.field == "out_of_hours"

    def test_policy_of_another_authority_is_refused(self, ada: Person) -> None:
        policy = Policy(
            first_day_visit_counts=True, local_days_between_visits=None, request_target_days=5
        )
        with pytest.raises(NotAllowed):
            authorities.set_policy(authority=an_authority(LEEDS), policy=policy, by=ada, at=NOW)


class TestFirstAdministrator:
    def make(self, email: str = "First@Example.org", authority: str = LEEDS) -> str:
        out = StringIO()
        call_command("administrator", email, name="First One", authority=authority, stdout=out)
        return out.getvalue()

    def test_first_administrator_is_made_and_told_where_to_set_a_password(self) -> None:
        said = self.make()
        assert "/account/password/reset/" in said
        person = Person.objects.get(email="first@example.org")
        part = RoleAssignment.objects.get(person=person)
        assert (part.role, part.authority) == ("administrator", Authority.objects.get(pk=LEEDS))
        assert not person.has_usable_password()
        assert Event.objects.filter(name="people.part_given", by_name=CLOCK.name).exists()

    def test_second_one_is_made_by_the_first(self) -> None:
        self.make()
        with pytest.raises(CommandError, match="has an administrator: First One"):
            self.make("second@example.org")

    @pytest.mark.parametrize(
        ("email", "authority", "words"),
        [
            ("first@example.org", "E99999999", "No authority"),
            ("not an address", LEEDS, "Enter an e-mail address"),
        ],
    )
    def test_what_cannot_be_is_said(self, email: str, authority: str, words: str) -> None:
        with pytest.raises(CommandError, match=words):
            self.make(email, authority)
        assert not Person.objects.filter(email=email).exists()

    def test_address_that_has_an_account_is_said(self) -> None:
        person = a_person()
        with pytest.raises(CommandError, match="already"):
            self.make(person.email.upper())
