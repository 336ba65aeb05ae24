"""A return makes the records say what it says, once, and each difference leaves an event."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import ChildGroupGrant
from backend.casework.placing import correct_placement
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.exchange.loading import UnableToLoadReturn
from backend.exchange.models import Said
from backend.exchange.problems import Rule
from backend.notify.models import Notification
from backend.records.models import (
    Child,
    LegalStatus,
    MissingEpisode,
    PeriodOfCare,
    Placement,
    Setting,
)
from tests.exchange.returns import AT, BARKING, FIRST, HEADER, SECOND, a_return, found, load
from tests.factories import a_setting, a_world, placed
from workflows.reviews.models import Review

pytestmark = pytest.mark.django_db

REVIEWS = ["C1,01/05/2012,30/01/2026,PN3"]
FILES: dict[str, list[str]] = {
    "header": [HEADER],
    "episodes": [FIRST, SECOND],
    "reviews": REVIEWS,
    "missing": ["C1,01/05/2012,A,10/02/2026,11/02/2026"],
    "uasc": ["C1,F,01/05/2012,01/05/2030"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A return of one child."""
    return a_return(tmp_path, **FILES)


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that a load may touch."""
    models: tuple[Any, ...] = (
        Child, PeriodOfCare, LegalStatus, Placement, MissingEpisode, Setting, Deadline, Event, Said,
        ChildGroupGrant,
    )  # fmt: skip
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def sentences() -> list[str]:
    return [
        event.sentence for event in Event.objects.filter(name__startswith="exchange").order_by("pk")
    ]


def rows(model: Any, *names: str) -> list[tuple[Any, ...]]:
    return list(model.objects.order_by("started_on", "pk").values_list(*names))


def test_child_is_loaded_with_all_that_the_return_says(folder: Path) -> None:
    loaded = load(folder)
    child = Child.objects.get()
    assert (child.authority_id, child.local_id, child.name) == (BARKING, "C1", "Child C1")
    assert (child.gender, child.date_of_birth) == ("F", date(2012, 5, 1))
    assert (child.ethnicity, child.upn) == ("WBRI", "D051910639385")
    assert (child.is_unaccompanied, child.unaccompanied_until) == (True, date(2030, 5, 1))
    assert child.home_postcode == "IG11 7LU"
    care = PeriodOfCare.objects.get()
    assert (care.started_on, care.ended_on, care.category_of_need) == (
        date(2026, 1, 5), None, "N2",
    )  # fmt: skip
    assert rows(LegalStatus, "code", "started_on", "ended_on", "period_of_care") == [
        ("V2", date(2026, 1, 5), date(2026, 2, 9), care.pk),
        ("C2", date(2026, 2, 9), None, care.pk),
    ]
    placement = Placement.objects.get()
    assert (placement.started_on, placement.ended_on) == (date(2026, 1, 5), None)
    assert (placement.place, placement.period_of_care) == ("K2", care)
    assert placement.host_authority_id == "E08000017"
    assert placement.is_in_area is False
    assert placement.is_at_a_distance is True
    assert placement.distance_miles is not None
    assert rows(MissingEpisode, "is_away", "started_on", "ended_on") == [
        (True, date(2026, 2, 10), date(2026, 2, 11))
    ]
    assert sentences() == [
        "The SSDA903 return was loaded: 1 placement, 2 legal statuses, 1 review."
    ]
    assert found(loaded) == [(Rule.HOME_ADDED, "episodes.csv", 2)]


def test_deadlines_are_counted_grants_derived_and_nobody_is_told(folder: Path) -> None:
    load(folder)
    placement = Placement.objects.get()
    standing = Deadline.objects.filter(placement=placement, status="open")
    assert [row.ref for row in standing if row.room == "visits"] == ["VIS-02"]
    assert Deadline.objects.filter(room="reviews", ref="REV-01", status="met").count() == 1
    groups = set(ChildGroupGrant.objects.values_list("group__name", "permission__codename"))
    assert ("host_officer:authority:E08000017", "view_child_card") in groups
    assert ("director:authority:E09000002", "view_child_record") in groups
    assert Notification.objects.count() == 0


def test_visits_before_the_load_are_not_known_and_none_of_them_is_overdue(folder: Path) -> None:
    load(folder)
    assert Child.objects.get().followed_from == date(2026, 3, 2)
    visit = Deadline.objects.get(room="visits")
    assert (visit.counted_from, visit.due_on) == (date(2026, 3, 2), date(2026, 4, 13))
    assert visit.slipped_at is None
    assert visit.why == (
        "Visits before Monday 2 March 2026 were not brought in; counted from that day, the next "
        "is due at most six weeks after it."
    )
    assert load(folder).changes == 0
    assert Deadline.objects.get(room="visits").pk == visit.pk


def test_move_that_began_last_week_keeps_its_first_visit(tmp_path: Path) -> None:
    row = "C1,25/02/2026,S,C2,N2,K2,PR4,,,,IG11 7LU,DN1 2AB,SC123456"
    load(a_return(tmp_path, header=[HEADER], episodes=[row]))
    visit = Deadline.objects.get(room="visits")
    assert (visit.ref, visit.due_on) == ("VIS-01", date(2026, 3, 4))


def test_child_begun_here_owes_what_a_return_repeats(folder: Path) -> None:
    child = a_world(date(2026, 1, 5)).child
    Child.objects.filter(pk=child.pk).update(local_id="C1", date_of_birth=date(2012, 5, 1))
    load(folder)
    assert Child.objects.get().followed_from is None
    assert Deadline.objects.get(ref="VIS-01").due_on == date(2026, 1, 12)


def test_unknown_home_is_put_in_the_register_where_its_postcode_lies(folder: Path) -> None:
    load(folder)
    setting = Setting.objects.get()
    assert (setting.urn, setting.name) == ("SC123456", "URN SC123456 (not in the register)")
    assert (setting.host_authority_id, setting.type) == ("E08000017", "childrens_home")
    assert Placement.objects.get().setting == setting


def test_home_in_the_register_is_used_as_it_is(folder: Path) -> None:
    setting = a_setting(host="E08000039", name="Larch House")
    Setting.objects.filter(pk=setting.pk).update(urn="SC123456")
    loaded = load(folder)
    placement = Placement.objects.get()
    assert (placement.setting, placement.host_authority_id) == (setting, "E08000039")
    assert Setting.objects.get().name == "Larch House"
    assert found(loaded) == []


def test_home_that_lies_nowhere_known_is_reported_and_left_empty(tmp_path: Path) -> None:
    row = SECOND.replace("DN1 2AB", "ZZ1 1ZZ")
    loaded = load(a_return(tmp_path, header=[HEADER], episodes=[row]))
    assert Placement.objects.get().setting is None
    assert (Rule.HOME, "episodes.csv", 2) in found(loaded)
    assert Deadline.objects.filter(placement=Placement.objects.get()).exists()


def test_agency_of_a_foster_carer_is_no_home(tmp_path: Path) -> None:
    load(a_return(tmp_path, header=[HEADER], episodes=[SECOND.replace("K2", "U6")]))
    assert Placement.objects.get().setting is None
    assert not Setting.objects.exists()


def test_loading_twice_changes_nothing(folder: Path) -> None:
    load(folder)
    before = everything()
    again = load(folder)
    assert again.changes == 0
    assert again.counts["children unchanged"] == 1
    assert everything() == before


def test_dry_run_reports_the_same_and_writes_nothing(folder: Path) -> None:
    before = everything()
    tried = load(folder, is_dry_run=True)
    assert everything() == before
    done = load(folder)
    assert tried.counts == done.counts
    assert found(tried) == found(done)


def test_next_return_ends_what_ended_and_adds_what_is_new(folder: Path) -> None:
    load(folder)
    setting = Setting.objects.get()
    home = Placement.objects.get()
    a_return(
        folder,
        episodes=[
            FIRST,
            SECOND.replace(",,,,IG11", ",20/02/2026,X1,CARPL,IG11"),
            "C1,20/02/2026,P,C2,N2,U6,PR1,,,,IG11 7LU,S1 2HH,",
        ],
        reviews=[*REVIEWS, "C1,01/05/2012,25/02/2026,PN1"],
    )
    loaded = load(folder)
    assert rows(Placement, "setting", "place", "started_on", "ended_on", "change_reason") == [
        (setting.pk, "K2", date(2026, 1, 5), date(2026, 2, 20), "CARPL"),
        (None, "U6", date(2026, 2, 20), None, ""),
    ]
    assert LegalStatus.objects.count() == 2
    where = "the placement (URN SC123456 (not in the register))"
    assert sentences()[1:] == [
        f"The SSDA903 return ended {where} on 20 February 2026.",
        "The SSDA903 return added the placement (Fostered by another carer, not long term) "
        "from 20 February 2026.",
        "The SSDA903 return added the review held on 25 February 2026.",
    ]
    assert (loaded.counts["ended"], loaded.counts["added"]) == (1, 2)
    assert Deadline.objects.get(placement=home, room="visits").status == "superseded"
    assert load(folder).changes == 0


def test_end_of_care_ends_everything(folder: Path) -> None:
    load(folder)
    a_return(folder, episodes=[FIRST, SECOND.replace(",,,,IG11", ",20/02/2026,E4A,,IG11")])
    load(folder)
    assert PeriodOfCare.objects.get().end_reason == "E4A"
    assert not Placement.objects.filter(ended_on=None).exists()
    assert not LegalStatus.objects.filter(ended_on=None).exists()
    assert not Deadline.objects.filter(status="open", room="visits").exists()
    assert [sentence.split(" on ")[0] for sentence in sentences()[1:]] == [
        "The SSDA903 return ended a period of care",
        "The SSDA903 return ended the legal status (Full care order)",
        "The SSDA903 return ended the placement (URN SC123456 (not in the register))",
    ]


def test_corrected_start_moves_the_same_placement_and_its_deadline(folder: Path) -> None:
    a_return(folder, episodes=[FIRST.replace(",09/02/2026,X1,", ",,,")])
    load(folder, at=AT.replace(month=1, day=8))
    placement = Placement.objects.get()
    deadline = Deadline.objects.get(ref="VIS-01")
    a_return(folder, episodes=[FIRST.replace("05/01", "12/01"), SECOND])
    load(folder)
    assert Placement.objects.get().pk == placement.pk
    assert Placement.objects.get().started_on == date(2026, 1, 12)
    assert Deadline.objects.get(ref="VIS-01").pk == deadline.pk
    assert Deadline.objects.get(ref="VIS-01").due_on == date(2026, 1, 19)
    assert (
        "The SSDA903 return corrected the placement (URN SC123456 (not in the register)) "
        "from 12 January 2026: start from 5 January 2026 to 12 January 2026."
    ) in sentences()
    assert Event.objects.filter(name="deadlines.moved").exists()


def test_boundary_between_two_placements_moves_both_ways(tmp_path: Path) -> None:
    def rows_until(day: str) -> list[str]:
        return [
            f"C1,05/01/2026,S,C2,N2,U6,PR1,{day},X1,CARPL,,S1 2HH,",
            f"C1,{day},P,C2,N2,U4,PR1,,,,,LS1 1UR,",
        ]

    for day in (10, 20, 1):
        loaded = load(a_return(tmp_path, header=[HEADER], episodes=rows_until(f"{day:02}/02/2026")))
        assert loaded.counts["children not loaded"] == 0
        assert rows(Placement, "place", "started_on", "ended_on") == [
            ("U6", date(2026, 1, 5), date(2026, 2, day)),
            ("U4", date(2026, 2, day), None),
        ]


def test_period_of_care_that_the_next_return_denies_is_gone(tmp_path: Path) -> None:
    first = "C1,05/01/2025,S,C2,N2,K2,PR4,09/02/2025,E4A,,,DN1 2AB,SC123456"
    second = "C1,05/01/2026,S,V2,N2,U6,PR1,,,,,S1 2HH,"
    load(a_return(tmp_path, header=[HEADER], episodes=[first, second]))
    load(a_return(tmp_path, episodes=[first]))
    assert rows(PeriodOfCare, "started_on", "ended_on") == [(date(2025, 1, 5), date(2025, 2, 9))]
    assert rows(LegalStatus, "code", "ended_on") == [("C2", date(2025, 2, 9))]
    assert rows(Placement, "place", "ended_on", "period_of_care__started_on") == [
        ("K2", date(2025, 2, 9), date(2025, 1, 5)),
        ("U6", date(2026, 1, 5), None),
    ]
    assert not Deadline.objects.filter(status="open").exists()
    before = everything()
    assert load(tmp_path).changes == 0
    assert everything() == before


def test_placement_that_the_next_return_denies_is_withdrawn_and_not_exported(
    folder: Path,
) -> None:
    moved = SECOND.replace(",,,,IG11", ",20/02/2026,X1,CARPL,IG11")
    third = "C1,20/02/2026,P,C2,N2,U6,PR1,,,,IG11 7LU,S1 2HH,"
    a_return(folder, episodes=[FIRST, moved, third])
    load(folder)
    a_return(folder, episodes=[FIRST, SECOND])
    loaded = load(folder)
    assert rows(Placement, "place", "started_on", "ended_on") == [
        ("K2", date(2026, 1, 5), None),
        ("U6", date(2026, 2, 20), date(2026, 2, 20)),
    ]
    assert loaded.counts["withdrawn"] == 1
    assert any("it was withdrawn" in sentence for sentence in sentences())
    assert not Deadline.objects.filter(placement__place="U6", status="open").exists()
    before = everything()
    assert load(folder).changes == 0
    assert everything() == before


def test_refused_row_never_withdraws_what_stands(folder: Path) -> None:
    load(folder)
    a_return(folder, episodes=[FIRST, SECOND.replace("K2", "Q7")])
    load(folder)
    assert LegalStatus.objects.filter(code="C2", ended_on=None).exists()
    assert not any("withdrawn" in sentence for sentence in sentences())


def test_next_year_goes_on_with_what_began_before_it(tmp_path: Path) -> None:
    """A year's return shows only the episodes of that year."""
    first = "C1,05/01/2024,S,C1,N2,K2,PR4,09/02/2025,X1,,,DN1 2AB,SC123456"
    second = "C1,09/02/2025,L,C2,N2,K2,PR4,,,,,DN1 2AB,SC123456"
    load(a_return(tmp_path, header=[HEADER], episodes=[first, second]))
    before = everything()
    third = second.replace("PR4,,,", "PR4,01/02/2026,X1,OTHER")
    fourth = "C1,01/02/2026,P,C2,N2,U6,PR1,,,,,S1 2HH,"
    assert load(a_return(tmp_path, episodes=[second])).changes == 0
    assert everything() == before
    load(a_return(tmp_path, episodes=[third, fourth]))
    assert rows(PeriodOfCare, "started_on", "start_reason", "ended_on") == [
        (date(2024, 1, 5), "S", None)
    ]
    assert rows(LegalStatus, "code", "started_on", "ended_on") == [
        ("C1", date(2024, 1, 5), date(2025, 2, 9)),
        ("C2", date(2025, 2, 9), None),
    ]
    assert rows(Placement, "place", "started_on", "ended_on") == [
        ("K2", date(2024, 1, 5), date(2026, 2, 1)),
        ("U6", date(2026, 2, 1), None),
    ]


def test_return_that_opens_in_a_temporary_stay_goes_on_with_the_placement(tmp_path: Path) -> None:
    first = "C1,05/01/2025,S,C2,N2,U6,PR1,20/03/2025,X1,,,S1 2HH,"
    stay = "C1,20/03/2025,P,C2,N2,T1,,10/04/2025,X1,,,DN1 2AB,"
    back = "C1,10/04/2025,P,C2,N2,U6,PR1,,,,,S1 2HH,"
    open_stay = stay.replace("10/04/2025,X1", ",")
    load(a_return(tmp_path, header=[HEADER], episodes=[first, open_stay]))
    load(a_return(tmp_path, episodes=[stay, back]))
    assert rows(Placement, "place", "is_temporary", "started_on", "ended_on") == [
        ("U6", False, date(2025, 1, 5), None),
        ("T1", True, date(2025, 3, 20), date(2025, 4, 10)),
    ]
    elsewhere = back.replace("U6", "K2").replace("S1 2HH", "LS1 1UR")
    load(a_return(tmp_path, episodes=[stay, elsewhere]))
    assert rows(Placement, "place", "is_temporary", "started_on", "ended_on") == [
        ("U6", False, date(2025, 1, 5), date(2025, 4, 10)),
        ("T1", True, date(2025, 3, 20), date(2025, 4, 10)),
        ("K2", False, date(2025, 4, 10), None),
    ]


def test_name_and_other_facts_that_people_entered_stand(folder: Path) -> None:
    load(folder)
    Child.objects.update(name="Amina Example", language="Somali")
    Placement.objects.update(carer_name="The night team", is_52_weeks=True)
    a_return(folder, header=[HEADER.replace("WBRI", "MWBC")])
    load(folder)
    child, placement = Child.objects.get(), Placement.objects.get()
    assert (child.name, child.language, child.ethnicity) == ("Amina Example", "Somali", "MWBC")
    assert (placement.carer_name, placement.is_52_weeks) == ("The night team", True)
    assert sentences()[1:] == ["The SSDA903 return corrected the child's details: ethnicity."]


def test_correction_by_people_stands_while_the_return_repeats_itself(folder: Path) -> None:
    load(folder)
    day = date(2026, 1, 6)
    correct_placement(
        placement=Placement.objects.get(), changes={"started_on": day}, by=CLOCK, at=AT
    )
    loaded = load(folder)
    assert Placement.objects.get().started_on == day
    assert loaded.changes == 0
    assert (Rule.DIFFERS, "episodes.csv", 2) in found(loaded)


def test_move_that_people_recorded_after_the_return_was_made_stands(folder: Path) -> None:
    load(folder)
    child = Child.objects.get()
    placed(child, a_setting(), started_on=date(2026, 2, 27))
    before = everything()
    assert load(folder).changes == 0
    assert everything() == before


def test_child_on_the_register_is_taken_up_and_empty_cells_empty_nothing(tmp_path: Path) -> None:
    world = a_world(started_on=date(2026, 1, 5), provider_code="PR4")
    child = world.child
    Child.objects.filter(pk=child.pk).update(ethnicity="BCRB", gender="M")
    header = f"{child.local_id},,01/05/2012,,,,"
    episode = f"{child.local_id},05/01/2026,S,C2,N2,K2,,,,,,,{world.setting.urn}"
    load(a_return(tmp_path, header=[header], episodes=[episode]))
    child.refresh_from_db()
    placement = Placement.objects.get()
    assert (child.ethnicity, child.gender, child.name) == ("BCRB", "M", world.child.name)
    assert (placement.pk, placement.provider_code) == (world.placement.pk, "PR4")
    assert PeriodOfCare.objects.get().category_of_need == "N2"


def test_clash_with_what_people_recorded_leaves_that_child_and_loads_the_others(
    tmp_path: Path,
) -> None:
    world = a_world(started_on=date(2026, 1, 5))
    name = world.child.local_id
    loaded = load(
        a_return(
            tmp_path,
            header=[f"{name},F,01/05/2012,WBRI,,,", HEADER],
            episodes=[f"{name},12/01/2026,S,C2,N2,U6,PR1,,,,,S1 2HH,", SECOND],
        )
    )
    assert list(Placement.objects.filter(child=world.child)) == [world.placement]
    world.child.refresh_from_db()
    assert world.child.ethnicity == ""
    assert Placement.objects.filter(child__local_id="C1").count() == 1
    assert [one for one in found(loaded) if one[0] is Rule.CLASHES] == [
        (Rule.CLASHES, "header.csv", 2)
    ]


def test_child_whom_the_database_refuses_loses_nobody_else(tmp_path: Path) -> None:
    """Every child of the batch is tried alone then, all or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_placement ADD CHECK (postcode <> 'LS1 1UR')")
    headers = [HEADER.replace("C1", f"C{number}") for number in (1, 2, 3)]
    episodes = [SECOND.replace("C1,", f"C{number},", 1) for number in (1, 2, 3)]
    episodes[1] = episodes[1].replace("DN1 2AB", "LS1 1UR")
    loaded = load(a_return(tmp_path, header=headers, episodes=episodes))
    assert sorted(Child.objects.values_list("local_id", flat=True)) == ["C1", "C3"]
    assert Placement.objects.count() == 2
    assert loaded.counts["children not loaded"] == 1
    assert [one for one in found(loaded) if one[0] is Rule.FAILED] == [
        (Rule.FAILED, "header.csv", 3)
    ]


def test_child_without_a_header_is_reported_row_by_row(tmp_path: Path) -> None:
    loaded = load(a_return(tmp_path, episodes=[FIRST, SECOND]))
    assert found(loaded) == [
        (Rule.NO_HEADER, "episodes.csv", 2),
        (Rule.NO_HEADER, "episodes.csv", 3),
    ]
    assert not Child.objects.exists()


def test_child_in_care_who_is_not_in_the_return_is_reported_and_not_ended(folder: Path) -> None:
    load(folder)
    other = [row.replace("C1", "C2", 1) for row in (HEADER, SECOND)]
    loaded = load(a_return(folder, header=other[:1], episodes=other[1:], reviews=[], uasc=[]))
    problems = [p for p in loaded.problems.found if p.rule is Rule.NOT_THERE]
    assert [problem.child for problem in problems] == ["C1"]
    assert Placement.objects.filter(child__local_id="C1", ended_on=None).exists()


def test_reviews_outside_care_or_of_another_child_are_left_out(tmp_path: Path) -> None:
    loaded = load(
        a_return(
            tmp_path,
            header=[HEADER],
            episodes=[SECOND],
            reviews=[
                "C1,01/05/2012,01/02/2026,PN1",
                "C1,02/05/2012,20/02/2026,PN1",
                "C1,01/05/2012,21/02/2026,PN0",
                "C1,01/05/2012,21/02/2026,PN1",
                "C9,01/05/2012,21/02/2026,PN1",
            ],
        )
    )
    assert [one for one in found(loaded) if one[1] == "reviews.csv"] == [
        (Rule.REVIEW_CARE, "reviews.csv", 2),
        (Rule.BIRTH, "reviews.csv", 3),
        (Rule.REVIEW_AGE, "reviews.csv", 4),
        (Rule.TWICE, "reviews.csv", 5),
        (Rule.NO_HEADER, "reviews.csv", 6),
    ]
    assert loaded.counts["reviews"] == 1


def test_queries_do_not_grow_with_children(tmp_path: Path) -> None:
    def queries(numbers: range) -> int:
        folder = a_return(
            tmp_path / str(numbers.start),
            header=[HEADER.replace("C1", f"C{number}") for number in numbers],
            episodes=[
                row.replace("C1,", f"C{number},", 1)
                for number in numbers
                for row in (FIRST, SECOND)
            ],
            reviews=[row.replace("C1", f"C{number}") for number in numbers for row in REVIEWS],
        )
        with CaptureQueriesContext(
            connection,
        ) as seen:
            load(folder)
        return len(seen)

    load(a_return(tmp_path / "warm", header=[HEADER], episodes=[SECOND]))
    assert queries(range(100, 101)) == queries(range(200, 230))


def test_code_of_a_review_that_people_corrected_stands(folder: Path) -> None:
    load(folder)
    Review.objects.update(participation="PN1")
    assert load(folder).changes == 0
    assert Review.objects.get().participation == "PN1"
    a_return(folder, reviews=[REVIEWS[0].replace("PN3", "PN2")])
    assert load(folder).counts["changed"] == 1
    assert Review.objects.get().participation == "PN2"
    assert sentences()[1:] == ["The SSDA903 return corrected the review held on 30 January 2026."]


def test_second_load_of_the_same_authority_waits_its_turn(folder: Path) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"load a return of {BARKING}"])
        with pytest.raises(UnableToLoadReturn, match="being loaded already"):
            load(folder)
    finally:
        other.close()
    assert load(folder).counts["children added"] == 1
