"""When the LADO is told, how long a record is kept, and what is only ever a target."""

from datetime import date

import pytest

from backend.grammar.clocks import Kind, Verified
from workflows.lado.likeness import Features, key_of, reasons_of, surname_of
from workflows.lado.rules import (
    NOTICE_RULES,
    RULES,
    ChildFact,
    NoticeFacts,
    ReferralFacts,
    band_of,
    deadlines_of,
    keep_until,
    notice_deadlines_of,
)


@pytest.mark.parametrize(
    ("knew_on", "due_on"),
    [(date(2024, 3, 28), date(2024, 4, 2)), (date(2024, 8, 23), date(2024, 8, 27))],
    ids=["over Easter", "over the August bank holiday"],
)
def test_the_lado_is_told_within_one_working_day(knew_on: date, due_on: date) -> None:
    facts = ReferralFacts(referred_on=due_on, manager_knew_on=knew_on)
    due = next(each for each in deadlines_of(facts, due_on) if each.ref == "ALG-01")
    assert (due.due_on, due.status) == (due_on, "met")


def test_a_referral_a_day_late_was_late() -> None:
    facts = ReferralFacts(referred_on=date(2024, 4, 3), manager_knew_on=date(2024, 3, 28))
    due = next(each for each in deadlines_of(facts, date(2024, 4, 3)) if each.ref == "ALG-01")
    assert (due.status, due.days_late) == ("met_late", 1)


def test_when_nobody_knows_when_a_manager_knew_nothing_is_counted() -> None:
    facts = ReferralFacts(referred_on=date(2024, 4, 3))
    assert "ALG-01" not in {each.ref for each in deadlines_of(facts, date(2024, 4, 3))}


def test_a_record_is_kept_until_the_later_of_ten_years_and_pension_age() -> None:
    assert keep_until(date(2024, 2, 29), date(1990, 5, 12), 68) == date(2058, 5, 12)
    assert keep_until(date(2024, 2, 29), date(1950, 5, 12), 68) == date(2034, 2, 28)
    assert keep_until(date(2024, 2, 29), None) == date(2034, 2, 28)


def test_only_the_guidance_and_the_act_are_more_than_local_targets() -> None:
    more = {rule.code for rule in [*RULES, *NOTICE_RULES] if rule.kind != Kind.LOCAL_STANDARD}
    assert more == {
        "lado.referral",
        "lado.first_review",
        "lado.monthly_review",
        "lado.fortnightly_review",
        "lado.dbs",
        "lado.clear_at_once",
        "lado.action",
        "lado.hearing",
        "lado.early_years",
        "lado.home_notifies",
    }
    assert {rule.cite.instrument for rule in [*RULES, *NOTICE_RULES] if rule.code not in more} == {
        "Sightline's default"
    }


def test_reviews_are_counted_from_the_last_one_that_took_place() -> None:
    facts = ReferralFacts(
        referred_on=date(2026, 3, 2),
        decided_on=date(2026, 3, 2),
        opened_on=date(2026, 3, 2),
        meetings=(date(2026, 3, 4),),
        reviews=(date(2026, 3, 30),),
        is_fortnightly=True,
    )
    found = {each.key: each for each in deadlines_of(facts, date(2026, 4, 1))}
    assert (found["review:start"].due_on, found["review:start"].status) == (
        date(2026, 4, 1),
        "met",
    )
    assert (found["review:after:1"].due_on, found["review:after:1"].status) == (
        date(2026, 4, 13),
        "open",
    )
    assert found["review:start"].verified == Verified.UNVERIFIED


def test_the_barring_duty_has_no_number_and_waits() -> None:
    facts = ReferralFacts(referred_on=date(2026, 3, 2), left_work_on=date(2026, 3, 3))
    due = next(each for each in deadlines_of(facts, date(2026, 5, 1)) if each.ref == "ALG-11")
    assert (due.due_on, due.status) == (None, "waiting")


def test_a_notice_owes_a_receipt_and_an_answer_for_each_child() -> None:
    sent = date(2026, 3, 6)
    facts = NoticeFacts(
        sent_on=sent,
        received_on=sent,
        children=(ChildFact(1, sent, sent), ChildFact(2, sent, None)),
    )
    found = notice_deadlines_of(facts, date(2026, 3, 11))
    assert [(each.key, each.due_on, each.status) for each in found] == [
        ("receipt", date(2026, 3, 9), "met"),
        ("child:1", date(2026, 3, 10), "met"),
        ("child:2", date(2026, 3, 10), "open"),
    ]


@pytest.mark.parametrize(
    ("concluded_on", "band"),
    [
        (date(2026, 2, 28), "Within one month"),
        (date(2026, 3, 1), "Within three months"),
        (date(2027, 1, 31), "Within twelve months"),
        (date(2027, 2, 1), "Longer than twelve months"),
    ],
)
def test_time_to_close_falls_into_a_band(concluded_on: date, band: str) -> None:
    assert band_of(date(2026, 1, 31), concluded_on) == band


class TestLikeness:
    def test_spellings_of_one_name_have_one_key(self) -> None:
        assert key_of("Mrs Siân O'Neill") == key_of("ONEILL, Sian") == "oneill sian"
        assert surname_of("ONEILL, Sian") == surname_of("Siân O'Neill") == "oneill"

    def test_the_same_name_calls_for_a_look(self) -> None:
        assert reasons_of(Features("Jo Bell"), Features("Bell, Jo")) == ("same name",)

    def test_another_date_of_birth_settles_it(self) -> None:
        one = Features("Jo Bell", date(1990, 1, 1))
        assert reasons_of(one, Features("Jo Bell", date(1990, 1, 2))) == ()

    def test_a_name_almost_the_same_counts_only_with_the_day(self) -> None:
        born = date(1990, 1, 1)
        assert reasons_of(Features("Jon Bell", born), Features("John Bell", born)) == (
            "a name spelt almost the same",
            "same surname",
            "same date of birth",
        )
        assert reasons_of(Features("Jon Bell"), Features("John Bell")) == ()

    def test_a_shared_employer_alone_is_nothing(self) -> None:
        one = Features("Jo Bell", employer="An owner", job="Nurse")
        assert reasons_of(one, Features("Al Day", employer="An owner", job="Nurse")) == ()
