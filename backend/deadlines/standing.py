"""Asking the database what ``status_on`` answers of one row: the same words, the same days."""

from datetime import date, timedelta

from django.db.models import Q

from backend.deadlines.due import Status


def with_status(status: Status, as_of: date) -> Q:
    """The deadlines of which ``status_on`` says this on a day."""
    is_open = Q(status=Status.OPEN)
    if status is Status.OVERDUE:
        return (is_open & Q(due_on__lt=as_of)) | Q(status=Status.SUPERSEDED, days_late__gt=0)
    if status is Status.OPEN:
        return is_open & (Q(due_on__isnull=True) | Q(due_on__gte=as_of))
    if status is Status.SUPERSEDED:
        return Q(status=Status.SUPERSEDED, days_late=0)
    return Q(status=status)


def due_soon(as_of: date, *, lead_days: int = 7) -> Q:
    """The deadlines of which ``is_due_soon_on`` says yes on a day."""
    return Q(status=Status.OPEN, due_on__gte=as_of, due_on__lte=as_of + timedelta(days=lead_days))
