"""Figures about the running of it, for whatever watches over it; nothing about any person."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from backend.deadlines.models import Deadline, Heartbeat
from backend.live.consumers import OPEN
from backend.notify.models import Delivery, Digest


def waiting_since(*, at: datetime) -> dict[str, datetime]:
    """Since when the oldest job of each queue could have been done."""
    last_event = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-pk")
    due = (
        ProcrastinateJob.objects.filter(status="todo")
        .annotate(due_at=Coalesce("scheduled_at", Subquery(last_event.values("at")[:1])))
        .filter(due_at__lte=at)
    )
    return dict(due.values_list("queue_name").annotate(Min("due_at")))


def figures_of(*, at: datetime) -> CollectorRegistry:
    """Every figure as it stands at this moment."""
    registry = CollectorRegistry()
    registry.register(OPEN)
    registry.register(Figures(at))
    return registry


class Figures(Collector):
    """What the database says about the running of it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures, one family after another."""
        yield self.queues()
        yield self.jobs()
        yield self.unhandled()
        yield self.oldest_unhandled()
        yield self.silence()
        yield self.unsent()
        yield self.oldest_unsent()

    def queues(self) -> GaugeMetricFamily:
        """How long the oldest job has waited."""
        figure = GaugeMetricFamily(
            "sightline_queue_age_seconds",
            "Seconds that the oldest job of a queue has waited since it could have been done.",
            labels=["queue"],
        )
        for queue, since in waiting_since(at=self.at).items():
            figure.add_metric([queue], self._seconds_since(since))
        return figure

    def jobs(self) -> GaugeMetricFamily:
        """How many jobs stand where."""
        figure = GaugeMetricFamily(
            "sightline_jobs", "Jobs that wait, are being done, or failed.", labels=["state"]
        )
        states = ("todo", "doing", "failed")
        counted = dict(
            ProcrastinateJob.objects.filter(status__in=states)
            .values_list("status")
            .annotate(Count("pk"))
        )
        for state in states:
            figure.add_metric([state], counted.get(state, 0))
        return figure

    def unhandled(self) -> GaugeMetricFamily:
        """How many deadlines wait for the sweep."""
        return GaugeMetricFamily(
            "sightline_deadlines_unhandled",
            "Deadlines whose moment has come and that the sweep has not looked at.",
            value=Deadline.objects.filter(next_moment_at__lte=self.at).count(),
        )

    def oldest_unhandled(self) -> GaugeMetricFamily:
        """How far past its moment the oldest of them is."""
        oldest = Deadline.objects.filter(next_moment_at__lte=self.at).aggregate(
            oldest=Min("next_moment_at")
        )["oldest"]
        return GaugeMetricFamily(
            "sightline_deadline_oldest_unhandled_seconds",
            "Seconds that the oldest of these deadlines is past its moment; 0 when there is none.",
            value=self._seconds_since(oldest) if oldest else 0,
        )

    def silence(self) -> GaugeMetricFamily:
        """How long ago each recurring job last finished."""
        figure = GaugeMetricFamily(
            "sightline_job_silence_seconds",
            "Seconds since a recurring job last finished, such as the sweep.",
            labels=["job"],
        )
        for job, last in Heartbeat.objects.values_list("job", "at"):
            figure.add_metric([job], self._seconds_since(last))
        return figure

    def unsent(self) -> GaugeMetricFamily:
        """How much has not reached people, by its way."""
        figure = GaugeMetricFamily(
            "sightline_deliveries_unsent",
            "Notifications and digests on their way to a person: waiting, or failed for good.",
            labels=["way", "state"],
        )
        states = (Delivery.State.WAITING, Delivery.State.FAILED)
        for rows, named in ((Delivery.objects, F("way")), (Digest.objects, Value("digest"))):
            counted = (
                rows.filter(state__in=states)
                .annotate(sent_as=named)
                .values_list("sent_as", "state")
                .annotate(Count("pk"))
                .order_by()
            )
            for way, state, count in counted:
                figure.add_metric([way, state], count)
        return figure

    def oldest_unsent(self) -> GaugeMetricFamily:
        """How long the oldest notification has been due to go out."""
        due = Coalesce("next_try_at", "notification__told_at")
        oldest = (
            Delivery.objects.filter(state=Delivery.State.WAITING)
            .annotate(due_at=due)
            .filter(due_at__lte=self.at)
            .aggregate(oldest=Min("due_at"))["oldest"]
        )
        return GaugeMetricFamily(
            "sightline_delivery_oldest_due_seconds",
            "Seconds that the oldest notification has been due to go out; 0 when there is none.",
            value=self._seconds_since(oldest) if oldest else 0,
        )

    def _seconds_since(self, moment: datetime) -> float:
        return max(timedelta(), self.at - moment).total_seconds()
