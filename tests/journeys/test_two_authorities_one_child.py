"""A child is placed far away in an emergency, and the host is not told; an allegation is made in
the home; the IRO disputes. Two authorities, one child, by the API alone; who may not know does not.
"""

from typing import Any

import pytest

from backend.access.models import Person
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import LEEDS, SHEFFIELD, TODAY
from tests.journeys.asking import Asking
from tests.journeys.story import (
    AT_THE_HOME,
    AT_THE_HOST,
    CHILDS_OWN,
    IN_THE_DISPUTE,
    Story,
    later,
    morning,
    night,
    on,
)

pytestmark = pytest.mark.django_db
ROOMS = (
    "mismatches",
    "host-notices",
    "home-notices",
    "referrals",
    "authority-notices",
    "escalations",
)


def who_sees(story: Story, room: str) -> set[str]:
    """The access matrix: to whom the room's list shows something of the child or the home."""
    child = story.world.child.pk
    return {
        name
        for name, person in story.everybody().items()
        if any(is_about(row, child) for row in Asking(person).rows(f"{room}/"))
    }


def is_about(row: dict[str, Any], child: int) -> bool:
    """Whether a row is about the child; what names no child at all counts too."""
    return row.get("child") is None or row["child"]["id"] == child


def done(answer: Any, code: int = 200) -> Any:
    assert answer.status_code == code, answer.content
    return answer.json()


def told(person: Person, about: str) -> bool:
    return Notification.objects.filter(person=person, about=about).exists()


def test_two_authorities_one_child(story: Story) -> None:
    placement = is_placed_in_an_emergency(story)
    tells_the_host_at_last(story, placement)
    referral = is_alleged(story)
    disputes(story)
    closes(story, referral)


def is_placed_in_an_emergency(story: Story) -> int:
    world = story.world
    worker = Asking(world[Role.SOCIAL_WORKER])
    with on(TODAY):
        moved = done(
            worker.post(
                "placements/",
                {
                    "child": world.child.pk,
                    "setting": story.home.pk,
                    "started_on": str(TODAY),
                    "place": "K2",
                    "could_live_nearer": False,
                    "could_live_nearer_reason": "No place nearby meets these needs.",
                    "not_considered_why": "The home before closed overnight.",
                },
            ),
            201,
        )
        number = int(moved["id"])
        refs = {row["ref"] for row in worker.rows("deadlines/") if row["placement"] == number}
        assert {"VIS-01", "PLC-02", "PLC-04", "PLC-05", "PLC-06"} <= refs
        assert not Asking(world[Role.HOST_OFFICER]).rows("host-notices/")

    # The home says who came. It did not know that the authority said nothing to the host.
    with on(later(1)):
        sent = done(
            Asking(story.manager).post(
                "home-notices/send/",
                {
                    "setting": story.home.pk,
                    "kind": "admission",
                    "name": world.child.name,
                    "date_of_birth": str(world.child.date_of_birth),
                    "happened_on": str(TODAY),
                    "basis": "s31",
                    "placing_authority": world.child.authority_id,
                    "authority_contact": "Duty team, 020 0000 0000",
                    "iro_contact": "Reviewing service, 020 0000 0001",
                    "has_ehc_plan": "not_known",
                },
            ),
            201,
        )
        assert sent["placement"] == number
        (mine,) = [
            row
            for row in Asking(world[Role.HOST_OFFICER]).rows("mismatches/", kind="host_not_told")
            if row["child"]["id"] == world.child.pk
        ]
        assert mine["kind"] == "host_not_told"
        # The home before did not say either that the child left: that difference is theirs.
        before = {"registered_manager"}
        assert who_sees(story, "mismatches") == CHILDS_OWN | AT_THE_HOST | AT_THE_HOME | before
        assert who_sees(story, "host-notices") == set()
    return number


def tells_the_host_at_last(story: Story, placement: int) -> None:
    world = story.world
    host, worker = Asking(world[Role.HOST_OFFICER]), Asking(world[Role.SOCIAL_WORKER])
    (mine,) = [
        row
        for row in host.rows("mismatches/", kind="host_not_told")
        if row["child"]["id"] == world.child.pk
    ]
    about = f"mismatches/{mine['id']}"
    assert not told(story.host_director, about)
    for day in range(1, 13):
        night(later(day))
        morning(later(day))
    assert told(world[Role.TEAM_MANAGER], about)
    assert told(story.host_director, about)

    with on(later(13)):
        (notice,) = [
            row
            for row in worker.rows("notices/", child=world.child.pk, kind="placement")
            if row["placement"] == placement
        ]
        done(
            worker.post(
                f"notices/{notice['id']}/mark-emergency/",
                {"reason": "The home before closed overnight."},
            )
        )
        given = done(
            worker.post(
                f"notices/{notice['id']}/send-to-host/",
                {
                    "sent_on": str(later(13)),
                    "needs": "Signs; needs two adults outside.",
                    "why_here": "The only home with a place that night.",
                    "has_care_plan": True,
                },
            )
        )
        done(host.post(f"host-notices/{given['host_notice']}/acknowledge/", {}))
        settled = host.get(f"mismatches/{mine['id']}/")
        assert settled["state"]["value"] in ("settled", "agreed", "closed")
        (row,) = [row for row in host.rows("register/") if row["child"]["id"] == world.child.pk]
        assert row["was_acknowledged"]
        assert who_sees(story, "host-notices") == CHILDS_OWN | AT_THE_HOST


def is_alleged(story: Story) -> int:
    world = story.world
    lado, manager = Asking(world[Role.LADO]), Asking(story.manager)
    assert who_sees(story, "escalations") == set()
    with on(later(14)):
        receipt = done(
            manager.post(
                "referrals/refer/",
                {
                    "setting": story.home.pk,
                    "adult": {
                        "name": "Alex Nightworker",
                        "employer": "The provider",
                        "job": "Night worker",
                        "sector": "residential",
                    },
                    "source": "setting",
                    "what_happened": "Heard shouting; a bruise in the morning.",
                    "children": [world.child.pk],
                    "happened_on": str(later(13)),
                    "employer_knew_on": str(later(14)),
                    "manager_knew_on": str(later(14)),
                },
            ),
            201,
        )
        number = receipt["id"]
        assert who_sees(story, "referrals") == {"lado"}
        done(lado.post(f"referrals/{number}/receive/", {}))
        done(
            lado.post(
                f"referrals/{number}/allege/",
                {"category": "physical", "words": "Struck during the night."},
            )
        )
        limbs = ("harmed", "offence", "poses_risk", "unsuitable")
        done(
            lado.post(
                f"referrals/{number}/open/",
                {
                    **dict.fromkeys(limbs, True),
                    **{f"{limb}_reason": "A bruise, and a witness." for limb in limbs},
                    "reason": "The threshold is met on all four limbs.",
                },
            )
        )
        case = lado.get(f"referrals/{number}/")
        sent_to = {row["authority"]["code"] for row in case["notices"]}
        assert sent_to == {world.child.authority_id, SHEFFIELD, LEEDS}
        assert who_sees(story, "referrals") == {"lado"}
        sent = {"lado", "director", f"director of {SHEFFIELD}", f"director of {LEEDS}"}
        assert who_sees(story, "authority-notices") == sent
        nothing_leaks(story)

        # Two authorities answer; Leeds says nothing.
        for person in (world[Role.DIRECTOR], story.directors[SHEFFIELD]):
            answers(Asking(person))
    for day in range(14, 19):
        night(later(day))
        morning(later(day))
    case = lado.get(f"referrals/{number}/")
    silent = {
        row["authority"]["code"]: row["receipt_went_up_at"]
        for row in case["notices"]
        if row["state"] == "sent"
    }
    assert set(silent) == {LEEDS}
    assert silent[LEEDS]
    assert who_sees(story, "escalations") == set()
    return int(number)


def answers(director: Asking) -> None:
    (notice,) = director.rows("authority-notices/")
    number = notice["id"]
    received = done(director.post(f"authority-notices/{number}/receive/", {}))
    for child in received["children"]:
        done(
            director.post(
                f"authority-notices/{number}/answer/",
                {
                    "child": child["id"],
                    "what_was_done": "Seen alone by two workers today; safe tonight.",
                    "was_seen_on": str(later(14)),
                },
            )
        )


def nothing_leaks(story: Story) -> None:
    """The child's own worker is asked to come, and not told why."""
    world = story.world
    for role in (Role.SOCIAL_WORKER, Role.IRO, Role.ADVOCATE, Role.TEAM_MANAGER):
        asking = Asking(world[role])
        said = asking.rows("events/", child=world.child.pk)
        assert not [row for row in said if row["name"].startswith("lado.")], role
        asked = [
            row
            for row in asking.rows("visit-requests/", child=world.child.pk)
            if row["asked_by"] == "authority"
        ]
        assert len(asked) == 1
        assert "allegation" not in str(asked).lower()
        everything = str(asking.rows("notifications/")) + str(asking.rows("deadlines/"))
        assert "Nightworker" not in everything
    director = Asking(world[Role.DIRECTOR]).rows("events/", child=world.child.pk)
    assert [row for row in director if row["name"].startswith("lado.")]


def disputes(story: Story) -> None:
    world = story.world
    iro = Asking(world[Role.IRO])
    start = later(19)
    with on(start):
        raised = done(
            iro.post(
                "escalations/send/",
                {
                    "kind": "iro_dispute",
                    "child": world.child.pk,
                    "concern": "Nobody decided on this placement, and it goes on.",
                    "wanted": "A decision of the director, and a visit this week.",
                },
            ),
            201,
        )
        number = raised["id"]
        assert who_sees(story, "escalations") == IN_THE_DISPUTE
        first = raised["level"]
    for day in range(19, 26):
        night(later(day))
    up = iro.get(f"escalations/{number}/")
    assert up["level"] != first
    assert [stage["why"] for stage in up["stages"]][:2] == ["raised", "no_reply"]
    with on(later(26)):
        done(
            iro.post(
                f"escalations/{number}/go-outside/",
                {"where": "cafcass", "reason": "No reply at two levels."},
            )
        )
        done(
            iro.post(
                f"escalations/{number}/resolve/",
                {
                    "ended_how": "The director decided; Cafcass was told so.",
                    "changed_for_child": "Visited twice; moves nearer home in May.",
                },
            )
        )
    ended = iro.get(f"escalations/{number}/")
    assert ended["state"]["value"] == "resolved"
    assert [row["where"] for row in ended["exits"]] == ["cafcass"]


def closes(story: Story, number: int) -> None:
    lado = Asking(story.world[Role.LADO])
    with on(later(27)):
        answers(Asking(story.directors[LEEDS]))
        case = lado.get(f"referrals/{number}/")
        (allegation,) = case["allegations"]
        done(
            lado.post(
                f"referrals/{number}/settle/",
                {
                    "allegation": allegation["id"],
                    "outcome": "substantiated",
                    "reason": "Two witnesses and the record of injuries.",
                },
            )
        )
        done(
            lado.post(
                f"referrals/{number}/tell-outside/",
                {"whom": "ofsted", "told_on": str(later(27)), "words": "By telephone."},
            )
        )
        for kind, stands in (
            ("police", "finished"),
            ("section_47", "finished"),
            ("employer", "finished"),
        ):
            done(
                lado.post(
                    f"referrals/{number}/follow-track/",
                    {
                        "kind": kind,
                        "stands": stands,
                        "since": str(later(27)),
                        "words": "Ended with a finding.",
                    },
                )
            )
        done(lado.post(f"referrals/{number}/conclude/", {}))
        for row in lado.get(f"referrals/{number}/")["notices"]:
            done(
                lado.post(
                    f"authority-notices/{row['id']}/close/",
                    {"outcome_told": "Substantiated; the worker no longer works there."},
                )
            )
        closed = done(
            lado.post(
                f"referrals/{number}/close/",
                {"words": "All were told of the outcome.", "pension_age": 67},
            )
        )
        assert closed["state"]["value"] == "closed"
        assert closed["keep_until"]
    night(later(27))
    assert who_sees(story, "referrals") == {"lado"}
    open_cases = [
        row
        for room in ROOMS
        for row in Asking(story.world[Role.LADO]).rows(f"{room}/")
        if row["actions"] and row["state"]["value"] in ("sent", "open")
    ]
    assert open_cases == []
