"""Keeps the queue of jobs itself in order."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

DAYS_FINISHED_JOBS_ARE_KEPT = 7


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="project.take_up_abandoned_jobs", pass_context=True)
async def take_up_abandoned_jobs(context: JobContext, timestamp: int) -> None:
    """This will put back in the queue what a worker left behind when it died."""
    keeper = context.app.job_manager
    for job in await keeper.get_stalled_jobs(seconds_since_heartbeat=60):
        if job.id != context.job.id:
            await keeper.retry_job(job)


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
