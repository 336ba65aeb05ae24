"""Allegations: the LADO's desk, one case, an authority's notice, and what somebody sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.access.readlog import log_read
from backend.access.visibility import children_visible_to
from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.grammar.events import Depth
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import LABELS, Role
from backend.records.models import Child, Placement, Setting
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from frontend.pages.lado import forms, told
from frontend.pages.lado.opening import (
    Reading,
    keep_reason,
    log_case,
    open_referral,
    seen_case,
)
from frontend.pages.lado.steps import NOTICE_STEPS, Asked, asked_of_referral
from frontend.pages.reviews.asking import KEPT, version_read
from frontend.parts.charts import bars_of_counts
from frontend.parts.lists import page_of
from frontend.parts.refusals import put_refusal_on
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import long_date
from workflows.lado import actions
from workflows.lado.models import AdultMatch, HomeNotification, OutsideTelling, Referral
from workflows.lado.queries import (
    days_of,
    figures_of,
    leads_of,
    matches_visible_to,
    notices_visible_to,
    notifications_visible_to,
    places_of,
    reads_referrals,
    receipts_visible_to,
    referrals_visible_to,
    repeat_people,
    repeat_settings,
    settings_known_to,
    silent_notices,
    unmatched_notifications,
    unmatched_referrals,
    waiting_on,
    year_of,
)
from workflows.lado.table import ADVISED, CONCLUDED, LOW_LEVEL, OPEN, RECEIVED, SENT, TABLE
from workflows.notices.queries import homes_alone_say

#: Where somebody still works on a referral.
RUNNING = (str(SENT), str(RECEIVED), str(OPEN), str(CONCLUDED))
#: Most referrals shown that nobody works on.
MOST_KEPT = 25
#: Most children offered by name on a form.
MOST_OFFERED = 60


@login_required
@never_cache
def allegations(request: HttpRequest) -> HttpResponse:
    """Everything about allegations in which somebody has a part, the most urgent first."""
    person, on = person_of(request), day_of(moment_of(request))
    leads = reads_referrals(person, on)
    notices = notices_visible_to(person).exclude(
        referral__in=referrals_visible_to(person).order_by().values("pk")
    )
    return render(
        request,
        "lado/allegations.html",
        {
            "leads": leads,
            "stages": stages_of(person, on) if leads else [],
            "silent": [(each, told.standing_of(each, on)) for each in silent_notices(person)],
            "matches": matches_of(person, on, AdultMatch.Answer.WAITING),
            "people": repeat_people(person) if leads else [],
            "settings": repeat_settings(person) if leads else [],
            "unmatched": list(unmatched_referrals(person)[:25]) if leads else [],
            "unlinked": list(unmatched_notifications(person, on)[:25]),
            "notices": [
                (each, told.standing_of(each, on))
                for each in notices.select_related(
                    "authority", "received_by", "referral__setting", "referral__authority"
                ).order_by("-opened_at")[:50]
            ],
            "receipts": list(
                receipts_visible_to(person).select_related("authority", "setting")[:25]
            ),
            "may_notify": may_notify(person, on),
        },
    )


def may_notify(person: Person, on: date) -> bool:
    held = RoleAssignment.objects.filter(current(on), person=person)
    return held.filter(role__in=(Role.REGISTERED_MANAGER, Role.LADO)).exists()


def stages_of(person: Person, on: date) -> list[dict[str, Any]]:
    """The referrals one may see by stage, danger and then the oldest first, with who moves next.

    Of those that are only kept, the newest stand here; all are in the figures.
    """
    seen = (
        referrals_visible_to(person)
        .select_related("setting", "led_by", "authority")
        .prefetch_related("tracks", "notices__authority")
    )
    moving = seen.filter(state__in=RUNNING)
    resting = seen.filter(state__in=(str(ADVISED), str(LOW_LEVEL)))
    rows = [
        *moving.order_by("-is_child_at_risk", "referred_on", "pk"),
        *resting.order_by("-referred_on", "-pk")[:MOST_KEPT],
    ]
    by_state: dict[str, list[Any]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(
            {
                "referral": row,
                "age": told.age(row.referred_on, on),
                "waiting_on": waiting_on(row),
                "is_running": row.state in RUNNING,
            }
        )
    order = list(RUNNING)
    order += [str(state) for state in TABLE.states if str(state) not in order]
    return [
        {"state": TABLE.state(name), "rows": by_state[name]} for name in order if name in by_state
    ]


def matches_of(person: Person, on: date, answer: str = "") -> list[dict[str, Any]]:
    """Suggestions, each with the side one may read and whom to call about the other."""
    rows = matches_visible_to(person).select_related(
        "one__referral__authority", "other__referral__authority"
    )
    if answer:
        rows = rows.filter(answer=answer)
    found = list(rows[:50])
    sides = [side.referral for match in found for side in (match.one, match.other)]
    seen = set(
        referrals_visible_to(person)
        .filter(pk__in=[side.pk for side in sides])
        .values_list("pk", flat=True)
    )
    leads = leads_of((side.authority_id for side in sides), on)
    return [
        {
            "match": match,
            "yours": [
                side.referral for side in (match.one, match.other) if side.referral.pk in seen
            ],
            "call": [
                (side.referral.authority.name, lead)
                for side in (match.one, match.other)
                if side.referral.pk not in seen
                for lead in leads[side.referral.authority_id]
            ],
        }
        for match in found
    ]


# Asking


def ask(
    request: HttpRequest,
    asked: Asked,
    *,
    back_url: str,
    version: int | None = None,
    goes_to: Callable[[], str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Asks a form, takes one step with the answers, and goes back to where it was asked."""
    status, form = 200, asked.form
    if request.method == "POST" and form.is_valid():
        try:
            asked.act(dict(form.cleaned_data))
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        except MovedOn as refusal:
            status = 412
            put_refusal_on(form, refusal)
            form.add_error(None, KEPT)
        except NotNow as refusal:
            status = 409
            put_refusal_on(form, refusal)
        else:
            messages.success(request, asked.done)
            return redirect(goes_to() if goes_to else back_url)
    sent = version_read(request) if status == 200 else None
    return render(
        request,
        "lado/ask.html",
        {
            "form": form,
            "title": asked.title,
            "intro": asked.intro,
            "back_url": back_url,
            "version": sent or version or "",
            **more,
        },
        status=status,
    )


def sent_in(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


# Telling the LADO


@login_required
@never_cache
def refer(request: HttpRequest) -> HttpResponse:
    """Tells the LADO of an adult who may harm children."""
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    known = children_visible_to(person).order_by("name")[: MOST_OFFERED + 1]
    children = {str(child.pk): child for child in known}
    if len(children) > MOST_OFFERED:
        children = {}
    form = forms.Refer(sent_in(request), initial={"shift": ""}).offer(
        settings_known_to(person, on).order_by("name"),
        children.values(),
        is_lado=reads_referrals(person, on),
    )
    made: list[Referral] = []

    def act(given: dict[str, Any]) -> object:
        adult = forms.adult_in(given)
        chosen: list[Child] = [children[pk] for pk in given.pop("children", [])]
        made.append(actions.make_referral(adult=adult, children=chosen, by=person, at=at, **given))
        return made[0]

    def goes_to() -> str:
        if made[0].referred_by_id == person.pk:
            return reverse("lado_receipt", args=[made[0].pk])
        return reverse("lado_referral", args=[made[0].pk])

    return ask(
        request,
        Asked("Tell the LADO", form, act, "The LADO was told."),
        back_url=reverse("allegations"),
        goes_to=goes_to,
        limbs=forms.LIMBS.values(),
        button="Tell the LADO",
    )


@login_required
@never_cache
def receipt(request: HttpRequest, referral_id: int) -> HttpResponse:
    """What somebody sent, and that it was received: nothing of what came after."""
    reading = seen_case(request, "receipts", referral_id)
    log_case(request, reading, reading.case.receipt)
    return render(
        request,
        "lado/receipt.html",
        {
            "referral": reading.case,
            "rows": [
                *told.what_was_told(reading.case)[:3],
                told.row("The adult", reading.case.adult.name),
            ],
        },
    )


@login_required
@never_cache
def receipt_challenge(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Somebody who told the LADO is still worried, and says so."""
    reading = seen_case(request, "receipts", referral_id)
    return ask(
        request,
        Asked(
            "Challenge this decision",
            forms.Words(sent_in(request)),
            lambda given: actions.challenge_decision(referral=reading.case, **given, **reading.how),
            "Your challenge is recorded, and the LADO was told.",
            "Say so if you are still worried, or disagree with what you were told.",
        ),
        back_url=reverse("lado_receipt", args=[referral_id]),
    )


# One case


@login_required
@never_cache
def reason(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Asks why somebody has to read a sensitive record, before anything of it is shown."""
    reading = seen_case(request, "referrals", referral_id)
    form = forms.ReasonToRead(sent_in(request))
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["reason"]
        keep_reason(request, reading.case.about, words, reading.at)
        return redirect(reverse("lado_referral", args=[referral_id]))
    return render(request, "lado/reason.html", {"form": form, "referral": reading.case})


@login_required
@never_cache
def referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """One case as its LADO works on it."""
    opened = open_referral(request, referral_id)
    if isinstance(opened, HttpResponse):
        return opened
    case = opened.case
    prefetch_related_objects([case], "tracks", "notices__authority", "notices__received_by")
    steps = told.buttons(opened)
    notices = sorted(case.notices.all(), key=lambda notice: notice.pk)
    decisions = case.decisions.select_related("by").prefetch_related("opinions__by")
    others = Referral.objects.none()
    if case.adult.same_as is not None:
        others = (
            referrals_visible_to(opened.person)
            .filter(adult__same_as=case.adult.same_as)
            .exclude(pk=case.pk)
        )
    return render(
        request,
        "lado/referral.html",
        {
            "referral": case,
            "steps": steps,
            "next_steps": [step for step in steps if step["is_primary"]],
            "other_steps": told.grouped(steps),
            "owed": told.owed(case.about),
            "days": told.days_kept(case),
            "told": told.what_was_told(case),
            "adult": told.the_adult(case),
            "named": list(case.named_children.select_related("child__authority")),
            "decisions": [told.decision_card(each) for each in decisions],
            "challenges": list(case.challenges.select_related("by")),
            "allegations": list(case.allegations.select_related("child__child")),
            "meetings": list(case.meetings.prefetch_related("tasks")),
            "tracks": list(case.tracks.all()),
            "work": list(case.work_statuses.all()),
            "disciplines": list(case.disciplines.all()),
            "tellings": list(case.tellings.all()),
            "ofsted_told": case.tellings.filter(whom=OutsideTelling.Whom.OFSTED).exists(),
            "is_running": case.state in RUNNING,
            "leads": opened.leads,
            "known_to_home_only": list(homes_alone_say(case.setting_id)),
            "shares": list(case.shares.filter(ended_at__isnull=True).select_related("person")),
            "notices": [(each, told.standing_of(each, opened.on)) for each in notices],
            "home_notifications": list(case.home_notifications.all()),
            "others": list(others),
            "waiting_on": waiting_on(case),
            "entries": told.entries_of([case.about, *(each.about for each in notices)]),
        },
    )


@login_required
@never_cache
def referral_step(request: HttpRequest, referral_id: int, step: str) -> HttpResponse:
    """Takes one step of a case."""
    opened = open_referral(request, referral_id)
    if isinstance(opened, HttpResponse):
        return opened
    how = {**opened.how, "expects": version_read(request)}
    asked = asked_of_referral(step, opened, sent_in(request), how)
    require_now(step, {each["url"] for each in told.buttons(opened)}, request)
    return ask(
        request,
        asked,
        back_url=reverse("lado_referral", args=[referral_id]),
        version=opened.case.version,
        limbs=forms.LIMBS.values() if step == "decide" else (),
    )


def require_now(step: str, offered: set[str], request: HttpRequest) -> None:
    """:raises NotAllowed: the page of a step that this person cannot take now was opened."""
    if request.method != "POST" and request.path not in offered:
        raise NotAllowed(
            "You cannot do this, or not any more. Go back to the case to see how it stands."
        )


# An authority's notice


def opened_notice(request: HttpRequest, notice_id: int) -> Reading:
    reading = seen_case(request, "authority-notices", notice_id)
    log_case(request, reading, reading.case.about)
    return reading


@login_required
@never_cache
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """What one authority is told, which of its children live there, and what it is to do."""
    reading = opened_notice(request, notice_id)
    case = reading.case
    categories = sorted({each.get_category_display() for each in case.referral.allegations.all()})
    return render(
        request,
        "lado/notice.html",
        {
            "notice": case,
            "referral": case.referral,
            "steps": told.notice_buttons(reading),
            "standing": told.standing_of(case, reading.on),
            "owed": told.owed(case.about),
            "categories": categories,
            "children": list(case.children.select_related("child", "answered_by", "placement")),
            "shares": list(case.shares.filter(ended_at__isnull=True).select_related("person")),
            "leads": leads_of([case.referral.authority_id], reading.on)[case.referral.authority_id],
            "adult": told.the_adult(case.referral)[:5] if case.adult_named_at else [],
            "entries": told.entries_of([case.about]),
            "is_host": Role.RAISED_BY in reading.parts,
            "home_notifications": list(case.referral.home_notifications.all()),
        },
    )


@login_required
@never_cache
def notice_step(request: HttpRequest, notice_id: int, step: str) -> HttpResponse:
    """Takes one step of a notice."""
    reading = seen_case(request, "authority-notices", notice_id)
    build = NOTICE_STEPS.get(step)
    if build is None:
        raise Http404
    require_now(step, {each["url"] for each in told.notice_buttons(reading)}, request)
    asked = build(
        reading.case,
        sent_in(request),
        {**reading.how, "expects": version_read(request)},
        reading,
    )
    return ask(
        request,
        asked,
        back_url=reverse("lado_notice", args=[notice_id]),
        version=reading.case.version,
    )


# The same adult


@login_required
@never_cache
def match_answer(request: HttpRequest, match_id: int, answer: str) -> HttpResponse:
    """A person says whether two referrals are about one adult."""
    person, at = person_of(request), moment_of(request)
    match = get_object_or_404(matches_visible_to(person), pk=match_id)
    act, title = {
        "same": (actions.confirm_match, "They are the same person"),
        "other": (actions.refuse_match, "They are two people"),
    }.get(answer, (None, ""))
    if act is None:
        raise Http404
    return ask(
        request,
        Asked(
            title,
            forms.Reason(sent_in(request)),
            lambda given: act(match=match, by=person, at=at, **given),
            "Recorded.",
            f"Suggested because of: {match.because}. Say how you know.",
        ),
        back_url=reverse("allegations"),
    )


# Regulation 40


@login_required
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    """What homes notified under regulation 40, as far as the reader may see."""
    person, on = person_of(request), day_of(moment_of(request))
    if not may_notify(person, on):
        raise NotAllowed("This is for registered managers and for the LADO of the area.")
    rows = notifications_visible_to(person, on).select_related("setting", "recorded_by")
    page = page_of(rows.order_by("-happened_at", "-pk"), request)
    return render(
        request,
        "lado/notifications.html",
        {
            "page": page,
            "rows": list(page.object_list),
            "unlinked": {each.pk for each in unmatched_notifications(person, on)},
        },
    )


@login_required
@never_cache
def notify(request: HttpRequest) -> HttpResponse:
    """Records a notification under regulation 40."""
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    if not may_notify(person, on):
        raise NotAllowed("This is for registered managers and for the LADO of the area.")
    form = forms.Notification(sent_in(request), initial={"happened_on": on, "notified_on": on})
    form.fields["setting"].queryset = settings_known_to(person, on).order_by("name")  # type: ignore[attr-defined]

    def act(given: dict[str, Any]) -> object:
        return actions.record_home_notification(
            setting=given["setting"],
            kind=given["kind"],
            happened_at=moment_on(given["happened_on"], given["happened_time"]),
            notified_at=moment_on(given["notified_on"], given["notified_time"]),
            recipients=given["recipients"],
            words=given["words"],
            by=person,
            at=at,
        )

    return ask(
        request,
        Asked("Record a regulation 40 notification", form, act, "The notification is recorded."),
        back_url=reverse("lado_notifications"),
    )


def moment_on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON)


@login_required
@never_cache
def match_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """The LADO says which referral a home's notification belongs to."""
    person, at = person_of(request), moment_of(request)
    found: HomeNotification = get_object_or_404(
        unmatched_notifications(person, day_of(at)), pk=notification_id
    )
    cases = {
        str(each.pk): each
        for each in referrals_visible_to(person).filter(setting=found.setting_id).order_by("-pk")
    }
    form = forms.MatchNotification(sent_in(request))
    form.fields["referral"].choices = [  # type: ignore[attr-defined]
        (pk, f"{each.reference}, {long_date(each.referred_on)}") for pk, each in cases.items()
    ]
    return ask(
        request,
        Asked(
            "Match a notification",
            form,
            lambda given: actions.match_home_notification(
                notification=found, referral=cases[given["referral"]], by=person, at=at
            ),
            "Matched. The home does not learn of it.",
            f"{found.get_kind_display()}, {long_date(day_of(found.happened_at))}, "
            f"{found.setting.name}.",
        ),
        back_url=reverse("allegations"),
    )


# The setting, and the year


@login_required
@never_cache
def at_setting(request: HttpRequest, setting_id: int) -> HttpResponse:
    """The referrals of one setting by unit and shift, low-level concerns counted with them."""
    rows = referrals_visible_to(person_of(request)).filter(setting=setting_id)
    setting = Setting.objects.filter(pk=setting_id, pk__in=rows.order_by().values("setting"))
    return counted(
        request,
        rows,
        name=get_object_or_404(setting).name,
        counted_by="By unit and shift",
        setting=setting_id,
        children=Placement.objects.filter(setting=setting_id, ended_on__isnull=True).count(),
    )


@login_required
@never_cache
def about_adult(request: HttpRequest, adult_id: int) -> HttpResponse:
    """The referrals about one adult, as a person confirmed them to be, by place and shift."""
    person, at = person_of(request), moment_of(request)
    rows = referrals_visible_to(person).filter(adult__same_as=adult_id)
    first = get_object_or_404(rows.order_by("referred_on", "pk")[:1])
    log_read(
        person=person,
        child=None,
        depth=Depth.RESTRICTED,
        page=f"adults/{adult_id}",
        because=[LABELS[Role.LADO]],
        at=at,
    )
    return counted(
        request, rows, name=first.adult.name, counted_by="By place, unit and shift", setting=None
    )


def counted(request: HttpRequest, rows: QuerySet[Referral], **more: Any) -> HttpResponse:
    """Referrals counted by where and when, and each of them."""
    cases = rows.select_related("setting").prefetch_related("tracks", "notices__authority")
    return render(
        request,
        "lado/counted.html",
        {
            "cases": [(each, waiting_on(each)) for each in cases.order_by("-referred_on", "-pk")],
            "places": places_of(rows),
            **more,
        },
    )


PARTS = (
    ("By what was decided", "by_result"),
    ("By field of work", "by_sector"),
    ("By kind of harm", "by_category"),
    ("By outcome of each allegation", "by_outcome"),
    ("Also raised in another way", "by_other_way"),
    ("By time to the last outcome", "by_time"),
    ("Outcomes for children who do not use speech", "unspoken_by_outcome"),
)


@login_required
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """The annual figures: counts, never names."""
    person, on = person_of(request), day_of(moment_of(request))
    if not reads_referrals(person, on):
        raise NotAllowed("The annual figures are for the LADO.")
    this_year = year_of(on)
    typed = request.GET.get("year", "")
    first_year = int(typed) if typed in {str(this_year - back) for back in range(5)} else this_year
    first, last = days_of(first_year)
    found = figures_of(person, first, last)
    if "export" in request.GET:
        return spreadsheet(
            f"Allegations {first_year}",
            ("Part", "Name", "Number"),
            [
                ("All referrals", "", found.referrals),
                ("Of them asked as a consultation", "", found.consultations),
                ("About an adult who was referred before", "", found.referred_again),
                *(
                    (title, name, number)
                    for title, part in PARTS
                    for name, number in getattr(found, part).items()
                ),
            ],
            notes=(
                f"Referrals made from {long_date(first)} to {long_date(last)}, drawn on "
                f"{long_date(on)}. Times are bands, not breaches.",
            ),
        )
    return render(
        request,
        "lado/figures.html",
        {
            "found": found,
            "first": first,
            "last": last,
            "years": [this_year - back for back in range(5)],
            "first_year": first_year,
            "charts": [
                (title, getattr(found, part), chart_of(title, getattr(found, part)))
                for title, part in PARTS
            ],
        },
    )


def chart_of(title: str, counts: dict[str, int]) -> Any:
    total = sum(counts.values())
    chart = bars_of_counts(title, list(counts.items()), f"{total} in all.", counted="Number")
    return replace(chart, columns=("Name", "Number"))
