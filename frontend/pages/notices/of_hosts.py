"""The host's register, what homes and authorities told it, and where the two differ."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.access.matters import matters_visible_to
from backend.access.models import Person, RoleAssignment
from backend.access.parts import current, roles_held
from backend.access.visibility import child_ids_visible_to, children_visible_to
from backend.casework.errors import NotAllowed
from backend.deadlines.count import add_months
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Authority, Placement, Setting
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import person_of
from frontend.pages.notices import forms, showing
from frontend.pages.notices.asking import Opened, ask, open_matter, require_step
from frontend.pages.reviews.asking import answers_of, version_read
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import long_date
from workflows.notices import actions
from workflows.notices.models import Explanation, HomeNotice, ReportRequest
from workflows.notices.queries import (
    known_to_homes_only,
    register_of,
    reports_missing,
    settings_hosted_by,
    sources_of,
    waiting_for,
)

EXPORT_COLUMNS = (
    "Child",
    "Date of birth",
    "Placed by",
    "Lives at",
    "Since",
    "Placing authority",
    "Home",
    "Acknowledged",
    "The two differ",
)
MONTHS_BACK = 12
Act = Callable[..., object]


def require_held(person: Person, on: date, roles: tuple[Role, ...], doing: str) -> None:
    """:raises NotAllowed: the person holds none of these parts anywhere."""
    if not roles_held(person, on) & set(roles):
        words = " or ".join(role.label for role in roles)
        raise NotAllowed(f"You cannot {doing}. This can be done by a {words}.")


# The register


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Every child who lives in the area, whoever placed them, from both sources."""
    person, on = person_of(request), day_of(moment_of(request))
    require_held(person, on, (Role.HOST_OFFICER,), "read the register of an area")
    query = remembered_query(request, "register")
    form = filters_for(person, query, on)
    chosen = form.cleaned_data if form.is_valid() else {}
    day = min(chosen.get("as_at") or on, on)
    found = narrowed(register_of(person, day), chosen)
    alone = known_to_homes_only(person) if day == on else HomeNotice.objects.none()
    if "export" in request.GET:
        return spreadsheet(
            "Register",
            EXPORT_COLUMNS,
            export_rows(found, alone),
            notes=(f"Children living in your area that {person.name} may see, {long_date(day)}.",),
        )
    page = page_of(found, request)
    return render(
        request,
        "notices/register.html",
        {
            "form": form,
            "query": query,
            "page": page,
            "rows": [(one, sources_of(one)) for one in page.object_list],
            "alone": list(alone),
            "day": day,
            "is_today": day == on,
            "export_query": query.urlencode(),
            **waiting_of(person, on),
        },
    )


def waiting_of(person: Person, on: date) -> dict[str, int]:
    """What waits for a host officer, in numbers."""
    requests = matters_visible_to("report-requests", person).filter(state="agreed")
    missing = reports_missing(requests.values_list("pk", flat=True), on)
    return {
        "missing_reports": sum(len(months) for months in missing.values()),
        "unacknowledged": matters_visible_to("host-notices", person).filter(state="sent").count(),
        "unanswered": matters_visible_to("home-notices", person)
        .filter(acknowledged_at__isnull=True, state__in=["sent", "matched"])
        .count(),
        "differing": matters_visible_to("mismatches", person).exclude(state="settled").count(),
    }


def filters_for(person: Person, query: Any, on: date) -> forms.RegisterFilters:
    rows = register_of(person, on).order_by()
    return forms.RegisterFilters(query).offer(
        authority=list(
            Authority.objects.filter(pk__in=rows.values("child__authority")).values_list(
                "pk", "name"
            )
        ),
        setting=list(
            Setting.objects.filter(pk__in=rows.values("setting")).values_list("pk", "name")
        ),
    )


def narrowed(rows: Any, chosen: dict[str, Any]) -> Any:
    if chosen.get("authority"):
        rows = rows.filter(child__authority__in=chosen["authority"])
    if chosen.get("setting"):
        rows = rows.filter(setting__in=chosen["setting"])
    if "differs" in chosen.get("differs", ()):
        rows = rows.filter(differs=True)
    if "unacknowledged" in chosen.get("differs", ()):
        rows = rows.filter(was_acknowledged=False, is_in_area=False)
    return rows


def export_rows(found: Any, alone: Any) -> Iterator[tuple[Any, ...]]:
    for one in found:
        said = sources_of(one)
        yield (
            one.child.name,
            one.child.date_of_birth,
            one.child.authority.name,
            one.where,
            one.started_on,
            said.authority,
            said.home,
            one.was_acknowledged,
            one.differs,
        )
    for each in alone:
        authority = each.placing_authority.name if each.placing_authority else ""
        yield (
            each.name,
            each.date_of_birth,
            authority,
            each.setting.name,
            each.happened_on,
            "Not told",
            "Said",
            False,
            True,
        )


# Notices that authorities gave


@login_required
def host_notices(request: HttpRequest) -> HttpResponse:
    """The notices that placing authorities gave, those that wait first."""
    person = person_of(request)
    rows = matters_visible_to("host-notices", person).select_related(
        "notice", "child__authority", "placement__setting", "acknowledged_by", "host_authority"
    )
    page = page_of(rows.order_by("-state", "-sent_on", "-pk"), request)
    return render(request, "notices/host_notices.html", {"page": page})


@login_required
def host_notice(request: HttpRequest, number: int) -> HttpResponse:
    """One notice as the host authority was given it; acknowledged by name from here."""
    opened = open_matter(request, "host-notices", number)
    one = opened.case
    form = forms.Nothing(answers_of(request))
    if request.method == "POST":
        require_step(opened, "acknowledge")
    reads = children_visible_to(opened.person).filter(pk=one.child_id).exists()
    return ask(
        request,
        form,
        lambda: actions.acknowledge_notice(
            notice=one, by=opened.person, at=opened.at, expects=version_read(request)
        ),
        title=f"Notice of {one.notice.what}",
        button="Acknowledge the notice",
        done="Acknowledged in your name. The placing authority has been told.",
        back_url=reverse("host_notices"),
        goes_to=lambda: reverse("host_notice", args=[number]),
        case=one,
        template="notices/host_notice.html",
        notice=one,
        facts=showing.host_notice_rows(one),
        owed=showing.standing_of(one.about),
        may_acknowledge="acknowledge" in opened.steps,
        child_url=reverse("child", args=[one.child_id]) if reads else "",
    )


# The home's notices


def settings_to_speak_for(person: Person, on: date) -> dict[str, Setting]:
    """The homes for which somebody gives notice, or enters it from paper."""
    runs = RoleAssignment.objects.filter(
        current(on), person=person, role=Role.REGISTERED_MANAGER
    ).values("setting")
    hosts = RoleAssignment.objects.filter(
        current(on), person=person, role=Role.HOST_OFFICER
    ).values("authority")
    rows = Setting.objects.filter(pk__in=runs) | Setting.objects.filter(host_authority__in=hosts)
    return {str(one.pk): one for one in rows.select_related("host_authority").order_by("name")}


@login_required
def home_notices(request: HttpRequest) -> HttpResponse:
    """What homes told the authority of their area, those not matched first."""
    person, on = person_of(request), day_of(moment_of(request))
    rows = matters_visible_to("home-notices", person).select_related(
        "setting", "child", "placing_authority", "acknowledged_by"
    )
    page = page_of(rows.order_by("-state", "-happened_on", "-pk"), request)
    return render(
        request,
        "notices/home_notices.html",
        {
            "page": page,
            "settings": list(settings_to_speak_for(person, on).values()),
            "differing": matters_visible_to("mismatches", person).exclude(state="settled").count(),
        },
    )


@login_required
def new_home_notice(request: HttpRequest, setting_id: int) -> HttpResponse:
    """Gives the host authority notice that a child came or left."""
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    setting = settings_to_speak_for(person, on).get(str(setting_id))
    if setting is None:
        raise Http404
    runs = RoleAssignment.objects.filter(
        current(on), person=person, role=Role.REGISTERED_MANAGER, setting=setting
    ).exists()
    kind = forms.HomeSays if runs else forms.PaperSays
    initial = {"happened_on": on, "sent_on": on, "kind": request.GET.get("kind", "")}
    form = kind(answers_of(request), initial=initial).offer_authorities()
    sent: list[HomeNotice] = []

    def take() -> None:
        given = dict(form.cleaned_data)
        for name in ("placing_authority", "ehc_authority"):
            code = given[name]
            given[name] = Authority.objects.get(pk=code) if code else None
        sent.append(
            actions.send_home_notice(
                setting=setting, by=person, at=at, came_on_paper=not runs, **given
            )
        )

    return ask(
        request,
        form,
        take,
        title=f"Notice of a child who came or left: {setting.name}",
        button="Send the notice" if runs else "Enter the notice",
        done=f"Sent to {setting.host_authority.name}.",
        back_url=reverse("home_notices"),
        goes_to=lambda: reverse("home_notice", args=[sent[0].pk]),
        intro="The law asks for exactly this, without delay. It goes to "
        f"{setting.host_authority.name}, the authority for the area.",
    )


@login_required
def home_notice(request: HttpRequest, number: int) -> HttpResponse:
    """One notice of a home, what it was matched with, and what may be done with it."""
    opened = open_matter(request, "home-notices", number)
    one = opened.case
    ways = [("acknowledge", "Acknowledge", True), ("match", "Match with a child", False)]
    ways += [("unmatch", "Not this child", False), ("void", "Entered in error", False)]
    offered = [
        {
            "label": label,
            "url": reverse("home_notice_step", args=[number, name]),
            "is_primary": is_primary,
        }
        for name, label, is_primary in ways
        if name in opened.steps and not (name == "acknowledge" and one.acknowledged_by_id)
    ]
    return render(
        request,
        "notices/home_notice.html",
        {
            "notice": one,
            "child": children_visible_to(opened.person).filter(pk=one.child_id or 0).first(),
            "facts": showing.home_notice_rows(one),
            "owed": showing.standing_of(one.about),
            "steps": offered,
        },
    )


def fitting(one: HomeNotice, person: Person) -> list[tuple[str, str]]:
    """The placements in the home that a notice may be about."""
    rows = Placement.objects.filter(
        setting=one.setting, is_temporary=False, child__in=child_ids_visible_to(person, Depth.CARD)
    )
    return [
        (str(each.pk), f"{each.child.name}, placed {long_date(each.started_on)}")
        for each in rows.select_related("child").order_by("child__name", "-started_on")
    ]


@login_required
def home_notice_step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Acknowledges a home's notice, matches it, or marks it as an error."""
    opened = open_matter(request, "home-notices", number)
    require_step(opened, step)
    one, sent = opened.case, answers_of(request)
    form: Form
    match step:
        case "acknowledge":
            form, act, done = forms.Nothing(sent), actions.acknowledge_home_notice, "Acknowledged."
        case "match":
            form = forms.Match(sent).offer(fitting(one, opened.person))
            act, done = match_chosen, "Matched."
        case "unmatch":
            form, act, done = forms.Nothing(sent), actions.unmatch_home_notice, "Taken apart."
        case "void":
            form, act, done = forms.Because(sent), actions.void_home_notice, "Marked as an error."
        case _:
            raise Http404
    return ask_step(request, opened, form, "notice", act, step, done, "home_notice")


def match_chosen(*, notice: HomeNotice, placement: str, **how: Any) -> HomeNotice:
    chosen = Placement.objects.get(pk=int(placement))
    return actions.match_home_notice(notice=notice, placement=chosen, **how)


def ask_step(
    request: HttpRequest,
    opened: Opened,
    form: Form,
    called: str,
    act: Act,
    step: str,
    done: str,
    page: str,
    **more: Any,
) -> HttpResponse:
    """Asks what one step of a case needs, with the words of its table."""
    one = opened.case
    words = one.TABLE[step].words
    return ask(
        request,
        form,
        lambda: act(
            **{called: one},
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=words,
        button=words,
        done=done,
        back_url=reverse(page, args=[one.pk]),
        case=one,
        **more,
    )


# Differences


@login_required
def mismatches(request: HttpRequest) -> HttpResponse:
    """Where an authority and a home do not say the same, the oldest first."""
    person = person_of(request)
    rows = matters_visible_to("mismatches", person).select_related(
        "setting", "child", "home_notice"
    )
    page = page_of(rows.exclude(state="settled").order_by("found_on", "pk"), request)
    return render(
        request,
        "notices/mismatches.html",
        {
            "page": page,
            "rows": [(one, showing.who_of(one)) for one in page.object_list],
            "settled": rows.filter(state="settled").count(),
        },
    )


@login_required
def mismatch(request: HttpRequest, number: int) -> HttpResponse:
    """One difference: what each side says, who explained what, and how it ended."""
    opened = open_matter(request, "mismatches", number)
    one = opened.case
    ways = [("explain", True), ("settle", False), ("reopen", False)]
    return render(
        request,
        "notices/mismatch.html",
        {
            "mismatch": one,
            "facts": showing.mismatch_rows(one),
            "owed": showing.standing_of(one.about),
            "explanations": list(one.explanations.select_related("by", "correction")),
            "may_explain": "explain" in opened.steps,
            "steps": [
                {
                    "label": one.TABLE[name].words,
                    "url": reverse("mismatch_step", args=[number, name]),
                    "is_primary": is_primary,
                }
                for name, is_primary in ways
                if name in opened.steps
            ],
        },
    )


@login_required
def mismatch_step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Explains a difference, settles it, or opens it again."""
    opened = open_matter(request, "mismatches", number)
    require_step(opened, step)
    sent = answers_of(request)
    form: Form
    match step:
        case "explain":
            said = said_before(request, opened)
            form = forms.Explain(sent, initial={"words": said.words if said else ""})
            act, done = partial(actions.explain_mismatch, corrects=said), "Both sides are told."
        case "settle":
            form, act, done = forms.Settle(sent), actions.settle_mismatch, "Settled."
        case "reopen":
            form, act, done = forms.Nothing(sent), actions.reopen_mismatch, "Open again."
        case _:
            raise Http404
    facts = showing.mismatch_rows(opened.case)
    return ask_step(request, opened, form, "mismatch", act, step, done, "mismatch", facts=facts)


def said_before(request: HttpRequest, opened: Opened) -> Explanation | None:
    """What the reader said themselves and now corrects.

    :raises Http404: nothing that they said here.
    """
    number = request.GET.get("corrects", "")
    if not number:
        return None
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise Http404
    mine: Explanation = get_object_or_404(
        Explanation, mismatch=opened.case, by=opened.person, pk=int(number)
    )
    return mine


# Monthly reports


@login_required
def report_requests(request: HttpRequest) -> HttpResponse:
    """The homes of the area whose monthly reports were asked for, and those not asked yet."""
    person, on = person_of(request), day_of(moment_of(request))
    rows = matters_visible_to("report-requests", person).select_related("setting")
    page = page_of(rows.order_by("setting__name", "-asked_on"), request)
    asked = rows.filter(state__in=["asked", "agreed", "refused"]).values("setting")
    may_ask = Role.HOST_OFFICER in roles_held(person, on)
    homes = settings_hosted_by(person).exclude(pk__in=asked).order_by("name") if may_ask else ()
    missing = reports_missing([one.pk for one in page.object_list], on)
    return render(
        request,
        "notices/report_requests.html",
        {
            "page": page,
            "rows": [
                (one, [showing.month_words(month) for month in missing.get(one.pk, ())])
                for one in page.object_list
            ],
            "not_asked": list(homes),
        },
    )


@login_required
def ask_reports(request: HttpRequest, setting_id: int) -> HttpResponse:
    """Asks a home for the independent visitor's reports, every month."""
    person, at = person_of(request), moment_of(request)
    require_held(person, day_of(at), (Role.HOST_OFFICER,), "ask a home for its reports")
    home = get_object_or_404(settings_hosted_by(person), pk=setting_id)
    form = forms.AskReports(answers_of(request))
    return ask(
        request,
        form,
        lambda: actions.ask_for_reports(setting=home, by=person, at=at, **form.cleaned_data),
        title=f"Ask for the monthly reports of {home.name}",
        button="Ask for the monthly reports",
        done="Asked. The registered manager has been told.",
        back_url=reverse("report_requests"),
        intro="The authority for the area gets the independent visitor's reports only if it asks.",
    )


@login_required
def report_request(request: HttpRequest, number: int) -> HttpResponse:
    """One standing request: the answer, the reports that came, and those that did not."""
    opened = open_matter(request, "report-requests", number)
    one = opened.case
    ways = [("receive", True), ("agree", True), ("refuse", False), ("withdraw", False)]
    return render(
        request,
        "notices/report_request.html",
        {
            "request_for": one,
            "facts": showing.request_rows(one),
            "owed": [each for each in showing.standing_of(one.about) if each.status == "open"],
            "reports": list(one.reports.select_related("by")),
            "steps": [
                {
                    "label": one.TABLE[name].words,
                    "url": reverse("report_request_step", args=[number, name]),
                    "is_primary": is_primary,
                }
                for name, is_primary in ways
                if name in opened.steps
            ],
        },
    )


def months_to_choose(one: ReportRequest, on: date) -> list[tuple[str, str]]:
    """The months of which no report came yet, the latest first."""
    came = set(one.reports.values_list("month", flat=True))
    months = [add_months(on.replace(day=1), -back) for back in range(MONTHS_BACK)]
    return [(f"{day}", showing.month_words(day)) for day in months if day not in came]


@login_required
def report_request_step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Agrees to send the reports, refuses, records one, or withdraws the request."""
    opened = open_matter(request, "report-requests", number)
    require_step(opened, step)
    sent = answers_of(request)
    form: Form
    act: Act
    match step:
        case "agree":
            form, act, done = forms.Nothing(sent), actions.agree_to_reports, "Agreed."
        case "refuse":
            form, act, done = forms.Because(sent), actions.refuse_reports, "Refused."
        case "receive":
            form = forms.Report(sent, initial={"received_on": opened.on})
            form.offer(months_to_choose(opened.case, opened.on))
            act, done = receive_chosen, "Recorded."
        case "withdraw":
            form, act = forms.Because(sent), actions.withdraw_request_for_reports
            done = "Withdrawn."
        case _:
            raise Http404
    return ask_step(request, opened, form, "request", act, step, done, "report_request")


def receive_chosen(*, request: ReportRequest, month: str, **given: Any) -> ReportRequest:
    return actions.receive_report(request=request, month=date.fromisoformat(month), **given)


# Decisions that wait


@login_required
def approvals_waiting(request: HttpRequest) -> HttpResponse:
    """The placements outside the area that wait for this person's decision."""
    person, on = person_of(request), day_of(moment_of(request))
    require_held(
        person, on, (Role.NOMINATED_OFFICER, Role.DIRECTOR), "approve placements out of area"
    )
    page = page_of(waiting_for(person, on), request)
    return render(request, "notices/approvals.html", {"page": page})
