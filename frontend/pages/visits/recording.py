"""Recording a visit: a list of parts, one topic a page, and the answers checked before sending."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.casework.errors import FactRefused, NotNow
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child
from frontend.pages.children.told import communication_rows
from frontend.pages.visits.forms import SECTIONS, Section, SectionForm
from frontend.pages.visits.views import open_visit
from frontend.pages.visits.writing import ASKED_IN, Writing
from frontend.parts.words import long_date, long_moment
from workflows.visits import actions
from workflows.visits.checks import UnableToRecordVisit
from workflows.visits.models import Draft, Visit
from workflows.visits.queries import arranged_visit_of, visits_of
from workflows.visits.table import MADE, VISITORS


def begin(
    request: HttpRequest, child_id: int | None, visit_id: int | None
) -> tuple[Opened, Writing]:
    """The record as far as this person has written it."""
    visit: Visit | None = None
    if visit_id is not None:
        visit, opened = open_visit(request, visit_id)
    else:
        opened = open_child(request, child_id or 0)
    require(opened, VISITORS, "record a visit to this child")
    draft = Draft.objects.filter(person=opened.person, child=opened.child, visit=visit).first()
    return opened, Writing(child=opened.child, person=opened.person, visit=visit, draft=draft)


def section_named(slug: str) -> Section:
    for section in SECTIONS:
        if section.slug == slug:
            return section
    raise Http404


def is_over(writing: Writing) -> bool:
    """Whether the arranged visit was meanwhile recorded, or taken back, by somebody."""
    visit = writing.visit
    return visit is not None and "record" not in {step.name for step in visit.possible()}


def overtaken(
    request: HttpRequest, opened: Opened, writing: Writing, reason: str = ""
) -> HttpResponse:
    """Says who was first and when, and shows what this person had written, so nothing is lost."""
    visit = writing.visit
    assert visit is not None
    if not reason:
        state = visit.stands_at.label.lower()
        reason = f"This visit is now: {state}. It cannot be recorded any more."
        if visit.state == MADE and visit.visitor is not None:
            reason = f"{visit.visitor.name} recorded it on {long_moment(visit.recorded_at)}."
    return render(
        request,
        "visits/overtaken.html",
        opened.context(
            visit=visit,
            reason=reason,
            cards=written_cards(writing) if writing.draft else [],
            discard_url=writing.url("discard"),
        ),
        status=409,
    )


@login_required
def record(
    request: HttpRequest, child_id: int | None = None, visit_id: int | None = None
) -> HttpResponse:
    """The parts of the record, which are done, and how the child communicates."""
    opened, writing = begin(request, child_id, visit_id)
    if is_over(writing):
        return overtaken(request, opened, writing)
    if writing.visit is None and writing.draft is None and "separate" not in request.GET:
        arranged = arranged_visit_of(opened.child)
        if arranged is not None and arranged.happened_on and arranged.happened_on <= opened.on:
            return redirect("visit_record_arranged", arranged.pk)
    unfinished = writing.unfinished()
    tasks = writing.tasks()
    tasks.append(
        {
            "name": "Check your answers and send",
            "url": "" if unfinished else writing.url("check"),
            "hint": "",
            "status": "Cannot start yet" if unfinished else "Ready",
            "is_done": False,
            "colour": "green",
        }
    )
    return render(
        request,
        "visits/record.html",
        opened.context(
            writing=writing,
            tasks=tasks,
            communication=communication_rows(opened.child),
            first=unfinished[0] if unfinished else None,
            first_url=writing.url(unfinished[0].slug if unfinished else "check"),
            latest=visits_of(opened.child).filter(state=str(MADE)).first(),
            discard_url=writing.url("discard"),
            draft_done=done_url(request, writing),
        ),
    )


def draft_url(writing: Writing, section: Section) -> str:
    return writing.url(section.slug, "draft")


def done_url(request: HttpRequest, writing: Writing) -> str:
    """The part that this page follows, so that the browser may forget its own copy of it."""
    for section in SECTIONS:
        if section.slug == request.GET.get("saved"):
            return draft_url(writing, section)
    return ""


@login_required
def section(
    request: HttpRequest,
    slug: str,
    child_id: int | None = None,
    visit_id: int | None = None,
) -> HttpResponse:
    """One part of the record: kept as it is typed, and judged when the person goes on."""
    part = section_named(slug)
    opened, writing = begin(request, child_id, visit_id)
    if request.method != "POST" and is_over(writing):
        return overtaken(request, opened, writing)
    if request.method != "POST":
        return section_page(request, opened, writing, part, writing.blank(part))
    try:
        writing.keep(part, request.POST, opened.at)
    except FactRefused as refusal:
        form = part.form(request.POST)
        if form.is_valid():
            form.add_error(None, refusal.reason)
        return section_page(request, opened, writing, part, form)
    if is_over(writing):
        return overtaken(request, opened, writing)
    if "later" in request.POST:
        messages.success(request, "Saved. You can come back to it from My work or from the child.")
        return redirect(f"{writing.url()}?saved={part.slug}")
    if "add" in request.POST:
        # One row more than those that were filled in is always offered.
        return section_page(request, opened, writing, part, writing.blank(part))
    form = part.form(request.POST)
    if not form.is_valid():
        return section_page(request, opened, writing, part, form)
    following = writing.after(part)
    where = "check" if "check" in request.GET or following is None else following.slug
    if where == "check" and writing.unfinished():
        where = ""
    return redirect(f"{writing.url(where)}?saved={part.slug}")


def section_page(
    request: HttpRequest, opened: Opened, writing: Writing, part: Section, form: SectionForm
) -> HttpResponse:
    return render(
        request,
        "visits/section.html",
        opened.context(
            form=form,
            part=part,
            number=SECTIONS.index(part) + 1,
            of=len(SECTIONS),
            writing=writing,
            list_url=writing.url(),
            draft_url=draft_url(writing, part),
            saved_at=writing.draft.saved_at if writing.draft else None,
            communication=communication_rows(opened.child) if part.slug == "child" else [],
            latest=visits_of(opened.child).filter(state=str(MADE)).first()
            if part.slug == "care"
            else None,
            draft_done=done_url(request, writing),
        ),
    )


@login_required
@require_POST
def keep_draft(
    request: HttpRequest,
    slug: str,
    child_id: int | None = None,
    visit_id: int | None = None,
) -> HttpResponse:
    """Keeps what somebody is typing, at every pause."""
    opened, writing = begin(request, child_id, visit_id)
    try:
        draft = writing.keep(section_named(slug), request.POST, opened.at)
    except FactRefused as refusal:
        return JsonResponse({"reason": refusal.reason}, status=422)
    return JsonResponse({"saved_at": draft.saved_at.isoformat()})


@login_required
def discard(
    request: HttpRequest, child_id: int | None = None, visit_id: int | None = None
) -> HttpResponse:
    """Throws away a record that was begun by mistake."""
    opened, writing = begin(request, child_id, visit_id)
    if writing.draft is None:
        return redirect("child", opened.child.pk)
    if request.method == "POST":
        actions.discard_draft(draft=writing.draft, by=opened.person)
        messages.success(request, "What you had written was thrown away.")
        return redirect("child", opened.child.pk)
    return render(
        request,
        "visits/discard.html",
        opened.context(writing=writing, list_url=writing.url()),
    )


@login_required
def check(
    request: HttpRequest, child_id: int | None = None, visit_id: int | None = None
) -> HttpResponse:
    """Shows every answer before the record is sent, and sends it."""
    opened, writing = begin(request, child_id, visit_id)
    if writing.draft is None:
        return already_sent(request, opened, writing)
    if is_over(writing):
        return overtaken(request, opened, writing)
    if writing.unfinished():
        return redirect(writing.url())
    problem, status, asks_second = "", 200, False
    wrong: Section | None = None
    if request.method == "POST":
        try:
            made = actions.record_visit(
                child=opened.child,
                visit=writing.visit,
                by=opened.person,
                at=opened.at,
                is_second_that_day="second" in request.POST,
                expects=version_sent(request, writing),
                **writing.complete(),
            )
        except UnableToRecordVisit as refusal:
            problem, status, asks_second = refusal.reason, 409, True
        except NotNow as refusal:
            if writing.visit is None:
                raise
            writing.visit.refresh_from_db()
            return overtaken(request, opened, writing, refusal.reason)
        except FactRefused as refusal:
            problem, status = refusal.reason, 422
            slug = ASKED_IN.get(refusal.field)
            wrong = section_named(slug) if slug else None
        else:
            messages.success(request, "Visit recorded.")
            return redirect(f"{reverse('visit', args=[made.pk])}?recorded=1")
    return render(
        request,
        "visits/check.html",
        opened.context(
            writing=writing,
            cards=cards_of(writing),
            problem=problem,
            wrong_title=wrong.title if wrong else "",
            wrong_url=f"{writing.url(wrong.slug)}?check=1" if wrong else "",
            asks_second=asks_second,
            list_url=writing.url(),
            version=request.POST.get("version") or (writing.visit.version if writing.visit else ""),
            draft_done=done_url(request, writing),
        ),
        status=status,
    )


def version_sent(request: HttpRequest, writing: Writing) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if writing.visit and sent.isdigit() and len(sent) < 10 else None


def already_sent(request: HttpRequest, opened: Opened, writing: Writing) -> HttpResponse:
    """A phone that sends twice is shown what it sent, and records nothing again."""
    if writing.visit is not None:
        return redirect("visit", writing.visit.pk)
    mine = visits_of(opened.child).filter(state=str(MADE), visitor=opened.person)
    sent = mine.order_by("-recorded_at").first()
    if sent is None or sent.recorded_at is None or sent.recorded_at.date() != opened.at.date():
        return redirect(writing.url())
    messages.info(request, f"The visit of {long_date(sent.made_at)} is recorded.")
    return redirect("visit", sent.pk)


def cards_of(writing: Writing) -> list[dict[str, Any]]:
    """Every answer in the words of its question, with the way back to change it."""
    cards = []
    for part in SECTIONS:
        form = writing.form(part)
        form.is_valid()
        rows = [
            {"term": str(one.label), "value": answer_words(form, one.name)}
            for one in form
            if one.name not in form.not_asked()
            and not one.name.startswith(f"{form.rows_of}_" if form.rows_of else "\0")
        ]
        for legend, fields in form.row_sets():
            said = [
                f"{one.label}: {words}" for one in fields if (words := answer_words(form, one.name))
            ]
            if said:
                rows.append({"term": legend, "value": "\n".join(said)})
        url = f"{writing.url(part.slug)}?check=1"
        cards.append(
            {"title": part.title, "rows": rows, "actions": [{"label": "Change", "url": url}]}
        )
    return cards


def written_cards(writing: Writing) -> list[dict[str, Any]]:
    """What was written, complete or not, without ways to change it."""
    cards = []
    for part in SECTIONS:
        form = writing.form(part)
        if form.is_bound:
            form.is_valid()
            rows = [
                {"term": str(form[name].label), "value": words}
                for name in form.fields
                if (words := answer_words(form, name))
            ]
            cards.append({"title": part.title, "rows": rows, "actions": []})
    return cards


def answer_words(form: SectionForm, name: str) -> str:
    """An answer as a reader reads it."""
    value = form.cleaned_data.get(name)
    field = form.fields[name]
    choices = {str(key): str(words) for key, words in getattr(field, "choices", [])}
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    if value is None or value == "":
        return ""
    if choices:
        return choices.get(str(value), str(value))
    if hasattr(value, "hour"):
        return f"{value:%H:%M}"
    return long_date(value) if hasattr(value, "year") else str(value)
