"""Keeps the queue of jobs itself in order."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

DAYS_FINISHED_JOBS_ARE_KEPT = 7
#: A worker signs every ten seconds; after three missed signs it is taken for dead.
SECONDS_UNTIL_ABANDONED = 30


async def put_back_abandoned(keeper: JobManager, *, but_not: int | None = None) -> int:
    """This will put back in the queue what workers left behind when they died.

    Returns how many jobs. A job that must not wait twice, such as the sweep, is let go when
    another like it waits already: kept as begun, it would hold that one up for ever.
    """
    abandoned = [
        job
        for job in await keeper.get_stalled_jobs(seconds_since_heartbeat=SECONDS_UNTIL_ABANDONED)
        if job.id != but_not
    ]
    for job in abandoned:
        if await _another_waits(keeper, job):
            await keeper.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await keeper.retry_job(job)
    return len(abandoned)


async def _another_waits(keeper: JobManager, job: Job) -> bool:
    if job.queueing_lock is None:
        return False
    waiting = await keeper.list_jobs_async(
        status=Status.TODO.value, queueing_lock=job.queueing_lock
    )
    return any(waiting)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="project.take_up_abandoned_jobs", pass_context=True)
async def take_up_abandoned_jobs(context: JobContext, timestamp: int) -> None:
    """This will put back in the queue what workers left behind when they died."""
    await put_back_abandoned(context.app.job_manager, but_not=context.job.id)


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="project.forget_finished_jobs", pass_context=True)
async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """This will delete the record of jobs that were finished well a week ago."""
    await context.app.job_manager.delete_old_jobs(nb_hours=DAYS_FINISHED_JOBS_ARE_KEPT * 24)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="project.forget_old_sessions")
def forget_old_sessions(timestamp: int) -> None:
    """This will delete the sign-ins that have run out."""
    from django.core.management import call_command

    call_command("clearsessions")
