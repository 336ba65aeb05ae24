"""Pages that say what went wrong and what to do about it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow, UnableTo

STATUSES: tuple[tuple[type[UnableTo], int], ...] = (
    (NotAllowed, 403),
    (NotNow, 409),
    (MovedOn, 412),
    (FactRefused, 422),
)


def problem_page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The page for one kind of trouble, with the reason in words when there is one."""
    return render(request, f"{status}.html", {"reason": reason}, status=status)


def status_of(error: UnableTo) -> int:
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)


class ProblemPages:
    """Turns a refusal that a page did not answer itself into a page that explains it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, UnableTo) or request.path.startswith("/api/"):
            return None
        return problem_page(request, status_of(error), error.reason)
