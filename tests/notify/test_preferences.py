"""What a person may wish: a real number, whole quiet hours, alerts that there are."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from backend.casework.errors import FactRefused
from backend.casework.preferences import Wishes, mobile_number, set_preferences, wishes_of
from backend.notify.choosing import families
from backend.notify.models import Preference
from tests.factories import a_person
from tests.notify.notify_service import NotifyService


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900123",
        "07700-900-123",
        "+447700900123",
        "+44 (0)7700 900 123",
        "0044 7700 900123",
        "447700900123",
    ],
)
def test_number_is_kept_in_one_form(typed: str) -> None:
    assert mobile_number(typed) == "+447700900123"


@pytest.mark.parametrize(
    "typed",
    ["020 7946 0000", "07700 90012", "07700 9001234", "+1 202 555 0100", "07012 345678", "frog",
     "077009\u0660\u0660123"],
)  # fmt: skip
def test_what_is_no_uk_mobile_is_refused(typed: str) -> None:
    with pytest.raises(FactRefused) as refused:
        mobile_number(typed)
    assert refused.value.field == "phone"


@pytest.mark.django_db
class TestWishes:
    def test_who_never_said_has_the_usual_answers(self) -> None:
        assert wishes_of(a_person()) == Wishes()

    def test_what_was_wished_is_kept(self, service: NotifyService) -> None:
        person = a_person()
        wishes = Wishes(
            by_email=False,
            by_text=True,
            by_push=False,
            phone="07700 900123",
            unwanted=("visits",),
            quiet_from=time(20),
            quiet_to=time(7),
            digest="week",
        )
        set_preferences(person=person, wishes=wishes)
        set_preferences(person=person, wishes=wishes)
        assert wishes_of(person) == replace(wishes, phone="+447700900123")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"quiet_from": time(20)}, "quiet_to"),
            ({"quiet_to": time(20)}, "quiet_from"),
            ({"quiet_from": time(20), "quiet_to": time(20)}, "quiet_to"),
            ({"unwanted": ("frogs",)}, "unwanted"),
            ({"digest": "hourly"}, "digest"),
            ({"by_text": True}, "phone"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(
        self, wrong: dict[str, Any], field: str, service: NotifyService
    ) -> None:
        person = a_person()
        with pytest.raises(FactRefused) as refused:
            set_preferences(person=person, wishes=Wishes(**wrong))
        assert refused.value.field == field
        assert not Preference.objects.exists()

    def test_texts_cannot_be_wished_where_there_are_none(self) -> None:
        with pytest.raises(FactRefused, match="not set up"):
            set_preferences(person=a_person(), wishes=Wishes(by_text=True, phone="07700 900123"))

    def test_every_family_has_a_name(self) -> None:
        assert families()["visits"] == "Visits"
        assert families()["deadlines"] == "Dates that moved or passed"
        assert all(name[0].isupper() for name in families().values())
