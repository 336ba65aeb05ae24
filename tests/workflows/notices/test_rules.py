"""The clocks of notices, counted from facts alone."""

from dataclasses import replace
from datetime import date

import pytest

from backend.deadlines.due import Due
from workflows.history import (
    ApprovalFact,
    CarePeriod,
    ChildFacts,
    History,
    LegalStatusSpell,
    PlacementFact,
    PlacementNoticeFact,
)
from workflows.notices.rules import (
    HomeNoticeFact,
    HostNoticeFact,
    MismatchFact,
    ReportRequestFact,
    deadlines_of,
    home_notice_deadlines,
    host_notice_deadlines,
    mismatch_deadlines,
    report_deadlines,
)

#: The Thursday before Easter: four days pass before the next working day.
START = date(2024, 3, 28)
AS_OF = date(2024, 3, 29)


def a_history(
    *,
    is_in_area: bool | None = False,
    is_at_a_distance: bool | None = True,
    legal_status: str = "V2",
    approvals: tuple[ApprovalFact, ...] = (),
    place: str = "K2",
    ended_on: date | None = None,
    notice: PlacementNoticeFact | None = None,
) -> History:
    placement = PlacementFact(
        "p1",
        START,
        place,
        ended_on=ended_on,
        is_in_area=is_in_area,
        is_at_a_distance=is_at_a_distance,
    )
    given = notice or PlacementNoticeFact("n1", "p1", others="the child", recorded_by="A. Worker")
    return History(
        child=ChildFacts(date(2012, 5, 1), periods=(CarePeriod(START, id="c1"),)),
        placements=(placement,),
        legal_statuses=(LegalStatusSpell(legal_status, START),),
        approvals=approvals,
        placement_notices=(given,),
    )


def by_ref(history: History, as_of: date = AS_OF) -> dict[str, Due]:
    return {due.ref: due for due in deadlines_of(history, as_of)}


EMERGENCY = PlacementNoticeFact("n1", "p1", is_emergency=True, others="the child")


class TestOverEaster:
    def test_an_emergency_first_placement_before_easter(self) -> None:
        due = by_ref(a_history(notice=EMERGENCY))
        assert due["PLC-02"].due_on == due["PLC-05"].due_on == date(2024, 4, 8)
        assert due["PLC-06"].due_on == date(2024, 4, 8)
        assert due["PLC-01"].due_on == date(2024, 4, 15)

    def test_without_emergency_notice_comes_before(self) -> None:
        due = by_ref(a_history())
        assert due["PLC-05"].due_on == due["PLC-06"].due_on == START

    def test_what_is_not_verified_is_marked_so(self) -> None:
        due = by_ref(a_history(notice=EMERGENCY))
        assert due["PLC-06"].verified == "unverified"
        assert due["PLC-05"].verified == "verified"
        assert by_ref(a_history())["PLC-06"].verified == "verified"


class TestApproval:
    def test_at_a_distance_it_is_the_directors(self) -> None:
        due = by_ref(a_history())
        assert "PLC-03" not in due
        assert due["PLC-04"].due_on == START
        assert due["PLC-04"].facts == {"Recorded by": "A. Worker"}

    def test_next_door_it_is_the_nominated_officers(self) -> None:
        due = by_ref(a_history(is_at_a_distance=False))
        assert "PLC-04" not in due
        assert due["PLC-03"].due_on == START

    @pytest.mark.parametrize("is_in_area", [True, None])
    def test_in_the_area_or_not_known_where_none_is_owed(self, is_in_area: bool | None) -> None:
        due = by_ref(a_history(is_in_area=is_in_area, is_at_a_distance=None))
        assert not {"PLC-03", "PLC-04", "PLC-06"} & set(due)
        assert {"PLC-02", "PLC-05"} <= set(due)

    @pytest.mark.parametrize(
        ("decided_on", "status", "late"),
        [(date(2024, 3, 25), "met", 0), (START, "met", 0), (date(2024, 4, 2), "met_late", 5)],
    )
    def test_met_on_the_day_it_was_decided(self, decided_on: date, status: str, late: int) -> None:
        given = ApprovalFact("a1", "p1", decided_on, is_by_director=True)
        due = by_ref(a_history(approvals=(given,)), date(2024, 5, 1))
        assert (due["PLC-04"].status, due["PLC-04"].days_late) == (status, late)

    def test_a_nominated_officer_does_not_decide_at_a_distance(self) -> None:
        given = ApprovalFact("a1", "p1", START)
        assert by_ref(a_history(approvals=(given,)))["PLC-04"].status == "open"

    def test_with_a_relative_the_rule_is_not_verified(self) -> None:
        due = by_ref(a_history(place="U1"))["PLC-03"]
        assert due.verified == "unverified"

    def test_unapproved_when_it_ended_it_stays_late(self) -> None:
        history = a_history(ended_on=date(2024, 4, 10))
        due = by_ref(history, date(2024, 5, 1))["PLC-04"]
        assert (due.status, due.days_late) == ("superseded", 13)

    def test_the_rest_is_counted_from_the_approval(self) -> None:
        given = ApprovalFact("a1", "p1", date(2024, 3, 27), True, was_emergency=True)
        due = by_ref(a_history(approvals=(given,)))["PLC-07"]
        assert (due.due_on, due.verified, due.status) == (date(2024, 4, 5), "unverified", "open")
        done = replace(given, completed_on=date(2024, 4, 4))
        assert by_ref(a_history(approvals=(done,)))["PLC-07"].status == "met"


class TestCarePlan:
    def test_not_for_a_child_in_care(self) -> None:
        assert "PLC-01" not in by_ref(a_history(legal_status="C2"))

    def test_met_by_the_day_it_was_prepared(self) -> None:
        notice = PlacementNoticeFact("n1", "p1", care_plan_on=date(2024, 3, 20))
        assert by_ref(a_history(notice=notice))["PLC-01"].status == "met"


class TestNotKnownHere:
    def test_a_placement_without_notice_owes_nothing(self) -> None:
        history = replace(a_history(), placement_notices=())
        assert deadlines_of(history, AS_OF) == []

    def test_an_end_is_told_within_ten_working_days(self) -> None:
        history = replace(
            a_history(ended_on=START),
            placement_notices=(PlacementNoticeFact("n2", "p1", "ending", others="the child"),),
        )
        due = by_ref(history)
        assert set(due) == {"PLC-08"}
        assert due["PLC-08"].due_on == date(2024, 4, 15)


class TestBetweenAuthorities:
    def test_silence_goes_up_after_the_second_target(self) -> None:
        first, second = host_notice_deadlines(HostNoticeFact(START), AS_OF)
        assert (first.due_on, second.due_on) == (date(2024, 4, 3), date(2024, 4, 8))
        assert first.kind == second.kind == "local standard"
        assert "director" in second.tells
        answered = host_notice_deadlines(HostNoticeFact(START, AS_OF), AS_OF)
        assert {due.status for due in answered} == {"met"}

    def test_the_home_tells_without_delay(self) -> None:
        (due,) = home_notice_deadlines(HomeNoticeFact(START, date(2024, 4, 2)), AS_OF)
        assert due.due_on is None
        assert due.local_due_on == date(2024, 4, 2)
        assert "this is not the law" in due.why

    def test_a_difference_is_answered_then_settled(self) -> None:
        answer, settled = mismatch_deadlines(MismatchFact(START, answered_on=AS_OF), AS_OF)
        assert (answer.due_on, settled.due_on) == (date(2024, 4, 8), date(2024, 4, 15))
        assert (answer.status, settled.status) == ("met", "open")

    def test_found_again_is_a_duty_of_its_own(self) -> None:
        keys = {
            due.key
            for day in (START, AS_OF)
            for due in mismatch_deadlines(MismatchFact(day), AS_OF)
        }
        assert len(keys) == 4


class TestReports:
    def test_one_for_each_month_by_the_end_of_the_next(self) -> None:
        fact = ReportRequestFact(
            asked_on=date(2023, 12, 4),
            answered_on=date(2023, 12, 6),
            agreed_on=date(2023, 12, 6),
            received=[(date(2024, 1, 1), date(2024, 3, 2))],
        )
        due = {each.key: each for each in report_deadlines(fact, date(2024, 2, 10))}
        assert due["answer"].status == "met"
        assert due["report:2023-12"].due_on == date(2024, 1, 31)
        assert due["report:2024-01"].due_on == date(2024, 2, 29)
        assert due["report:2024-01"].days_late == 2
        assert set(due) == {"answer", "report:2023-12", "report:2024-01", "report:2024-02"}

    def test_refused_none_is_expected(self) -> None:
        fact = ReportRequestFact(asked_on=START, answered_on=AS_OF)
        assert [due.key for due in report_deadlines(fact, AS_OF)] == ["answer"]

    def test_withdrawn_none_after(self) -> None:
        fact = ReportRequestFact(START, START, START, ended_on=date(2024, 4, 2))
        due = report_deadlines(fact, date(2024, 8, 1))
        assert [each.key for each in due] == ["answer", "report:2024-03", "report:2024-04"]
