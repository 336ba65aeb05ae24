"""Leave: one's own, and that of the people one manages or keeps accounts for."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.access.caseload import children_in_part
from backend.access.models import Person
from backend.access.visibility import children_visible_to
from backend.casework.errors import FactRefused
from backend.casework.leave import (
    end_leave,
    enter_leave,
    leave_of,
    may_enter_for,
    people_managed_by,
    possible_deputies,
)
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import ALLOCATED
from backend.notify.models import Leave
from frontend.context import moment_of
from frontend.pages.account.forms import EnterLeave
from frontend.pages.children.opening import person_of, sent
from frontend.parts.refusals import put_refusal_on
from frontend.parts.words import count_of


@login_required
def leave(request: HttpRequest, person_id: int | None = None) -> HttpResponse:
    """When somebody is away, and who is told in their place."""
    by, at = person_of(request), moment_of(request)
    on = day_of(at)
    person = whose(by, person_id, request)
    colleagues = possible_deputies(person, on)
    form = EnterLeave(sent(request), colleagues=colleagues)
    if person.pk != by.pk:
        form.fields["deputy"].label = f"Who is told in the place of {person.name}?"
    if request.method == "POST" and form.is_valid():
        started_on, ended_on = form.days
        try:
            entered = enter_leave(
                person=person,
                started_on=started_on,
                ended_on=ended_on,
                deputy=form.chosen_deputy,
                by=by,
                at=at,
            )
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, f"Leave entered. {told_instead(entered)}")
            return redirect(address_of(person, by))
    return render(
        request,
        "your_account/leave.html",
        {
            "form": form,
            "person": person,
            "is_own": person.pk == by.pk,
            "managed": with_leave(by, on) if person.pk == by.pk else (),
            "rows": [(one, told_instead(one)) for one in leave_of(person, on)],
            "back_url": reverse("your_account"),
        },
    )


@login_required
@require_POST
def end(request: HttpRequest, leave_id: int) -> HttpResponse:
    """The person is back."""
    by, at = person_of(request), moment_of(request)
    kept = get_object_or_404(Leave.objects.select_related("person"), pk=leave_id)
    if not may_enter_for(by, kept.person, day_of(at)):
        raise Http404
    end_leave(leave=kept, by=by, at=at)
    messages.success(request, "Saved. The alerts go to nobody else from now on.")
    return redirect(address_of(kept.person, by))


def with_leave(by: Person, on: date) -> list[tuple[Person, list[Leave]]]:
    """The people somebody manages, each with the leave that is entered for them."""
    coming = Leave.objects.filter(ended_on__gte=on).order_by("started_on")
    people = people_managed_by(by, on).prefetch_related(
        Prefetch("leaves", queryset=coming, to_attr="coming")
    )
    return [(one, one.coming) for one in people.order_by("name", "pk")]


def whose(by: Person, person_id: int | None, request: HttpRequest) -> Person:
    """Whose leave the page is about; of anybody else it knows nothing."""
    if person_id is None:
        return by
    person: Person = get_object_or_404(Person, pk=person_id, is_active=True)
    if not may_enter_for(by, person, day_of(moment_of(request))):
        raise Http404
    return person


def address_of(person: Person, by: Person) -> str:
    return (
        reverse("your_leave")
        if person.pk == by.pk
        else reverse("leave_of_person", args=[person.pk])
    )


def told_instead(leave: Leave) -> str:
    """Who is told while somebody is away, with what the deputy may not see."""
    if leave.deputy is None:
        return "Whoever is above is told at once."
    children = {
        pk
        for role in ALLOCATED
        for pk in children_in_part(leave.person, role, leave.started_on).values_list(
            "pk", flat=True
        )
    }
    seen = children_visible_to(leave.deputy, Depth.RECORD).filter(pk__in=children).count()
    hidden = len(children) - seen
    if not hidden:
        return f"{leave.deputy.name} is told."
    return (
        f"{leave.deputy.name} is told, but may not see {count_of(hidden, 'child', 'children')} of "
        f"{len(children)}: of those, whoever is above is told at once."
    )
