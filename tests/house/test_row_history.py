"""What stood in a row before it was changed stays in its history, whatever code changed it."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from backend.records.models import Authority, MissingEpisode
from tests.factories import BARKING, TODAY, a_child, a_person, a_setting, a_team, an_authority

pytestmark = pytest.mark.django_db


def missing() -> MissingEpisode:
    return MissingEpisode.objects.create(child=a_child(), started_on=TODAY - timedelta(days=3))


def history_of(row: models.Model) -> models.QuerySet[Any]:
    event = apps.get_model(row._meta.app_label, f"{type(row).__name__}Event")
    return event._default_manager.filter(pgh_obj_id=row.pk).order_by("pgh_id")


@pytest.mark.parametrize(
    ("make", "field", "after"),
    [
        (an_authority, "local_days_between_visits", 28),
        (a_team, "name", "Another name"),
        (lambda: a_setting().provider, "top_company", "A company above"),
        (missing, "ended_on", TODAY),
        (a_person, "is_active", False),
    ],
    ids=["authority", "team", "provider", "missing", "person"],
)
def test_an_update_past_every_action_leaves_the_earlier_row(
    make: Any, field: str, after: Any
) -> None:
    row = make()
    before = getattr(row, field)
    assert before != after
    type(row).objects.filter(pk=row.pk).update(**{field: after})
    assert list(history_of(row).values_list(field, flat=True)) == [before, after]


def test_what_stood_before_history_was_kept_is_its_first_entry() -> None:
    assert list(history_of(Authority(pk=BARKING)).values_list("name", flat=True)) == [
        "Barking and Dagenham"
    ]


def test_a_password_or_a_sign_in_is_never_in_the_history() -> None:
    person = a_person()
    person.set_password("correct horse battery staple")
    person.save()
    assert history_of(person).count() == 1
    kept = {field.name for field in history_of(person).model._meta.get_fields()}
    assert kept & {"password", "last_login"} == set()
    assert {"name", "email", "organisation", "is_active", "is_staff", "is_superuser"} <= kept
