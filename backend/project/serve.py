"""Serves pages, API and live messages, and does the work behind them: in one process or many."""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate.contrib.django import DjangoApp, app

from backend.project.jobs import put_back_abandoned

log = logging.getLogger("sightline.serve")

#: How long answers that were begun may take once everything stops. Jobs that were begun are
#: always finished; whoever stops the process waits for them, or they are taken up elsewhere.
SECONDS_TO_FINISH = 20
SECONDS_BETWEEN_TRIES = 5


class UnableToServe(Exception):
    """The address cannot be served; the message says why and what to do."""


def take_port(*, host: str, port: int) -> socket.socket:
    """The socket of this port, taken before anything else is started.

    Raises UnableToServe.
    """
    if not 0 < port < 65536:
        raise UnableToServe(f"{port} is not a port: choose a number from 1 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
        # Two programs may bind with that option; only one may listen.
        place.listen(2048)
    except OSError as error:
        place.close()
        raise UnableToServe(_why_not(error, host=host, port=port)) from error
    return place


def _why_not(error: OSError, *, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program. Stop it, or choose another port:"
            f" make run PORT={port + 1 if port < 65535 else 8000}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than you have. Choose one above 1023."
    return f"Nothing can be served at {host}:{port}: {error.strerror or error}."


class QuietServer(uvicorn.Server):
    """A web server that leaves signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: the whole process stops in one place."""
        yield


def serve(
    *,
    place: socket.socket | None,
    with_jobs: bool,
    trusted_proxies: str,
    when_ready: Callable[[], None],
) -> None:
    """This will serve until it is told to stop by Ctrl-C or by the machine.

    Without a place it serves no pages; without jobs it leaves background work to others.
    """
    asyncio.run(
        _serve(
            server=_web_server(trusted_proxies) if place else None,
            place=place,
            with_jobs=with_jobs,
            when_ready=when_ready,
        )
    )


def _web_server(trusted_proxies: str) -> QuietServer:
    from backend.project.asgi import application

    return QuietServer(
        uvicorn.Config(
            application,
            lifespan="off",
            access_log=False,  # its lines carry query strings
            log_config=None,
            log_level="warning",
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=trusted_proxies or None,
            ws_max_size=64 * 1024,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
    )


async def _serve(
    *,
    server: QuietServer | None,
    place: socket.socket | None,
    with_jobs: bool,
    when_ready: Callable[[], None],
) -> None:
    stopping = asyncio.Event()

    def stop() -> None:
        if server:
            server.force_exit = stopping.is_set()
            server.should_exit = True
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)

    jobs = asyncio.create_task(_work(stopping)) if with_jobs else None
    ready = asyncio.create_task(_say_when_ready(server, when_ready))
    try:
        if server and place:
            await server.serve(sockets=[place])
        else:
            await stopping.wait()
    finally:
        stopping.set()
        ready.cancel()
        if jobs is not None:
            jobs.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await jobs


async def _say_when_ready(server: uvicorn.Server | None, when_ready: Callable[[], None]) -> None:
    while server and not server.started:
        await asyncio.sleep(0.02)
    when_ready()


async def _work(stopping: asyncio.Event) -> None:
    """Works through jobs, and starts again when the database comes back."""
    while not stopping.is_set():
        try:
            # Recurring jobs are owed over this thread's own connection, which a restart of the
            # database breaks for good.
            await sync_to_async(connections.close_all)()
            async with worker_app().open_async() as workplace:
                await put_back_abandoned(workplace.job_manager)
                await workplace.run_worker_async(
                    concurrency=2,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=SECONDS_TO_FINISH,
                    fetch_job_polling_interval=2,
                )
        except asyncio.CancelledError:
            raise
        except Exception as error:  # any failure of the queue must not end background work
            log.error("Background work stopped and will be tried again: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), SECONDS_BETWEEN_TRIES)


def worker_app() -> DjangoApp:
    """The same jobs, taken from the queue over connections of their own.

    The connector of the app itself stays as it is: a page that owes a job owes it in its own
    transaction.
    """
    workplace = DjangoApp(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]
    workplace.tasks = app.tasks
    workplace.periodic_registry = app.periodic_registry
    return workplace
