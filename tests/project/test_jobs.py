"""The queue of jobs: owed in the same transaction, and taken up again when a worker dies."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.deadlines.jobs import sweep_deadlines
from backend.project.jobs import put_back_abandoned, take_up_abandoned_jobs
from backend.project.serve import worker_app


class Undone(Exception):
    """Somebody's change that does not last."""


def begin(job_id: int, *, last_sign: str) -> None:
    """Makes a job one that a worker with this last sign of life has begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)"
            " RETURNING id",
            [last_sign],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker, job_id],
        )


def state_of(job_id: int) -> str:
    """Where a job stands."""
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


def next_job_of(queue: str) -> int | None:
    """The job of a queue that a worker would take now."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
    job = async_to_sync(app.job_manager.fetch_job)(queues=[queue], worker_id=worker)
    return job.id if job else None


@pytest.mark.django_db
class TestAbandonedJobs:
    @pytest.fixture
    def job(self) -> int:
        return take_up_abandoned_jobs.defer(timestamp=0)

    def test_job_of_a_dead_worker_is_taken_up_again(self, job: int) -> None:
        begin(job, last_sign="2 minutes")
        assert async_to_sync(put_back_abandoned)(app.job_manager) == 1
        assert state_of(job) == "todo"

    def test_sweep_of_a_dead_worker_does_not_hold_up_the_next_for_ever(self) -> None:
        abandoned = sweep_deadlines.defer(timestamp=0)
        begin(abandoned, last_sign="2 minutes")
        waiting = sweep_deadlines.defer(timestamp=1)
        assert async_to_sync(put_back_abandoned)(app.job_manager) == 1
        assert (state_of(abandoned), state_of(waiting)) == ("failed", "todo")
        assert next_job_of("sweep") == waiting

    def test_job_of_a_living_worker_is_left_alone(self, job: int) -> None:
        begin(job, last_sign="5 seconds")
        assert async_to_sync(put_back_abandoned)(app.job_manager) == 0
        assert state_of(job) == "doing"

    def test_job_that_looks_after_the_others_does_not_restart_itself(self, job: int) -> None:
        begin(job, last_sign="2 minutes")
        assert async_to_sync(put_back_abandoned)(app.job_manager, but_not=job) == 0


#: Tells the job of this test from those that others left.
MARK = 987_654_321


def owed() -> int:
    """How many jobs with the mark stand in the queue."""
    return ProcrastinateJob.objects.filter(args__timestamp=MARK).count()


@transaction.atomic
def owe_a_job_and_fail() -> None:
    """A change that owes a job and does not last."""
    take_up_abandoned_jobs.configure(queueing_lock=None).defer(timestamp=MARK)
    assert owed() == 1
    raise Undone


@pytest.mark.django_db(transaction=True)
def test_job_of_a_change_that_failed_is_not_owed() -> None:
    worker_app()  # a server beside its worker must not move the job to another connection
    with pytest.raises(Undone):
        owe_a_job_and_fail()
    assert owed() == 0


def test_worker_takes_jobs_over_connections_of_its_own() -> None:
    before = app.connector
    workplace = worker_app()
    assert app.connector is before
    assert workplace.connector is not before
    assert workplace.tasks.keys() == app.tasks.keys()
    assert {key[0] for key in workplace.periodic_registry.periodic_tasks} >= {
        "backend.project.jobs.take_up_abandoned_jobs",
        "backend.deadlines.jobs.sweep_deadlines",
        "backend.deadlines.jobs.watch_sweep",
    }
