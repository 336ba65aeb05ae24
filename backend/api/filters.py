"""Filters of lists: days within reason, and an order that never shuffles."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.access.models import Person
from backend.api.fields import EARLIEST, LATEST, OUT_OF_RANGE


def check_within_reason(day: date) -> None:
    """:raises ValidationError: no day that anybody means."""
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(OUT_OF_RANGE)


class DayFilter(filters.DateFilter):
    """A day, as 2026-07-28."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(*args, validators=[check_within_reason], **options)


class IdFilter(filters.NumberFilter):
    """The number of a row."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=0, max_value=2**63 - 1, decimal_places=0, **options)


class Order(filters.OrderingFilter):
    """By one or more names; rows that are equal keep their order from page to page."""

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        ordered = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


class Filter(filters.FilterSet):
    """A filter that knows who asks, and on which day."""

    @property
    def on(self) -> date:
        return self.request.parser_context["view"].on  # type: ignore[no-any-return]

    @property
    def person(self) -> Person:
        return self.request.parser_context["view"].person  # type: ignore[no-any-return]
