"""The parts of a page, as tags; each is described in frontend/parts/README.md."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from frontend import forms as questions
from frontend.built import built_file
from frontend.parts import badges, charts, lists, words

register = template.Library()

register.filter("long_date", words.long_date)
register.filter("short_date", words.short_date)
register.filter("long_moment", words.long_moment)
register.filter("clock_time", words.clock_time)
register.filter("days_words", words.days_words)
register.filter("age_words", words.age_words)


@register.filter
def counted(number: int, name: str) -> str:
    """``{{ 3|counted:"visit" }}`` is "3 visits"; ``"child,children"`` for odd plurals."""
    one, _, many = name.partition(",")
    return words.count_of(number, one, many)


# The built files


@register.simple_tag
def asset(name: str) -> SafeString:
    """The tag that brings in one built file."""
    address = static(built_file(name))
    if name.endswith(".scss"):
        return format_html('<link rel="stylesheet" href="{}">', address)
    if name == "early.ts":
        return format_html('<script src="{}"></script>', address)
    return format_html('<script type="module" src="{}"></script>', address)


# Deadlines


@register.inclusion_tag("parts/deadline_badge.html", takes_context=True)
def deadline_badge(context: Context, deadline: badges.Dated) -> dict[str, Any]:
    """How a deadline stands today."""
    return {"badge": badges.badge_of(deadline, context["today"], context.get("now"))}


@register.inclusion_tag("parts/why_due.html", takes_context=True)
def why_due(context: Context, deadline: Any, is_open: bool = False) -> dict[str, Any]:
    """Why it is due: the rule, where it is written, and the facts it was counted from."""
    return {"deadline": deadline, "facts": facts_of(deadline), "is_open": is_open}


def facts_of(deadline: Any) -> list[tuple[str, str]]:
    """The facts a date was counted from, in words."""
    facts = deadline.facts or {}
    items = (
        facts.items()
        if isinstance(facts, Mapping)
        else [(fact.get("fact", ""), fact.get("value", "")) for fact in facts]
    )
    return [(str(name).replace("_", " ").capitalize(), fact_words(value)) for name, value in items]


def fact_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None or value == "":
        return "Not known"
    if isinstance(value, list | tuple):
        return words.listed([fact_words(one) for one in value])
    if isinstance(value, date | datetime):
        return words.long_date(value)
    try:
        return words.long_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


# Words with a colour


@register.simple_tag
def status_tag(label: str, colour: str = "") -> SafeString:
    """A state in a coloured box; the word says it, the colour helps."""
    classes = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', classes, label)


# People and cases


@register.inclusion_tag("parts/identity_bar.html", takes_context=True)
def identity_bar(context: Context, child: Any) -> dict[str, Any]:
    """Who this is about, the same on every page about a child."""
    return {"child": child, "today": context["today"]}


@register.inclusion_tag("parts/timeline.html")
def timeline(entries: Iterable[Any], heading_level: int = 3) -> dict[str, Any]:
    """What happened, newest first as given."""
    return {"entries": entries, "heading": f"h{heading_level}"}


@register.inclusion_tag("parts/step_buttons.html")
def step_buttons(steps: Iterable[Any]) -> dict[str, Any]:
    """What this person may do now: the one next step as the button, others beside it."""
    return {"steps": list(steps)}


# Facts in rows


@register.inclusion_tag("parts/summary_list.html")
def summary_list(rows: Iterable[Any], is_plain: bool = False) -> dict[str, Any]:
    """Facts in rows, each with a link to change it where it can be changed."""
    return {"rows": list(rows), "is_plain": is_plain}


@register.inclusion_tag("parts/summary_card.html")
def summary_card(
    title: str, rows: Iterable[Any], actions: Iterable[Any] = (), heading_level: int = 2
) -> dict[str, Any]:
    """Facts in rows under a title."""
    return {
        "title": title,
        "rows": list(rows),
        "actions": list(actions),
        "heading": f"h{heading_level}",
    }


@register.inclusion_tag("parts/task_list.html")
def task_list(tasks: Iterable[Any], slug: str = "tasks") -> dict[str, Any]:
    """The parts of a long record, and which are done."""
    return {"tasks": list(tasks), "slug": slug}


@register.inclusion_tag("parts/sub_navigation.html")
def sub_navigation(items: Iterable[Any], label: str = "This page") -> dict[str, Any]:
    """The pages about one child or one case."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("parts/chart.html")
def chart(drawing: charts.Chart, is_open: bool = False, heading_level: int = 3) -> dict[str, Any]:
    """A chart and its table."""
    return {
        "chart": drawing,
        "picture": mark_safe(drawing.picture),  # noqa: S308 - drawn by charts.py, which escapes
        "key": [
            {"picture": mark_safe(one.picture), "words": one.words}  # noqa: S308 - the same
            for one in drawing.key
        ],
        "is_open": is_open,
        "heading": f"h{heading_level}",
    }


# Lists


@register.inclusion_tag("parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, things: str = "result,results") -> dict[str, Any]:
    """Links to the other pages of a list, and how many there are in all."""
    query = query_of(context)
    one, _, many = things.partition(",")
    return {
        "page": page,
        "links": list(lists.page_links(page, query)),
        "previous": lists.with_query(query, page=page.number - 1),
        "next": lists.with_query(query, page=page.number + 1),
        "things": many or f"{one}s",
        "total": words.count_of(page.paginator.count, one, many),
    }


@register.inclusion_tag("parts/sort_header.html", takes_context=True)
def sort_header(context: Context, name: str, label: str, default: str = "") -> dict[str, Any]:
    """A column heading that orders the list."""
    return {"sort": lists.sort_link(query_of(context), name, label, default)}


@register.inclusion_tag("parts/filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm) -> dict[str, Any]:
    """The questions that narrow a list, with a tag to take each answer away."""
    query = query_of(context)
    return {
        "form": form,
        "chosen": lists.chosen_filters(form, query),
        "clear_url": "?filtered=1",
        "order": query.get("order", ""),
    }


def query_of(context: Context) -> QueryDict:
    """The question the list answers: what a view remembered for this person, or the address."""
    remembered = context.get("query")
    if isinstance(remembered, QueryDict):
        return remembered
    query: QueryDict = context["request"].GET
    return query


@register.simple_block_tag
def group(content: str, title: str, count: int, slug: str = "", words: str = "") -> str:
    """A part of a list under a heading with its count; nothing at all when it is empty."""
    if not count:
        return ""
    slug = slug or charts.slug_of(title)
    return format_html(
        '<section class="app-group" aria-labelledby="{slug}-heading">'
        '<h2 class="govuk-heading-m" id="{slug}-heading">{title} '
        '<span class="app-group__count">({count})</span></h2>{words}{content}</section>',
        slug=slug,
        title=title,
        count=f"{count:,}",
        words=format_html('<p class="govuk-body">{}</p>', words) if words else "",
        content=content,
    )


@register.simple_block_tag
def details(content: str, summary: str, is_open: bool = False) -> str:
    """Something that is there for those who ask."""
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        mark_safe(" open") if is_open else "",
        summary,
        content,
    )


@register.simple_block_tag
def banner(content: str, title: str = "Important", kind: str = "") -> str:
    """Something that everybody on this page must see."""
    return format_html(
        '<div class="govuk-notification-banner{}" role="{}" aria-labelledby="{slug}"'
        ' data-module="govuk-notification-banner">'
        '<div class="govuk-notification-banner__header">'
        '<h2 class="govuk-notification-banner__title" id="{slug}">{}</h2></div>'
        '<div class="govuk-notification-banner__content">{}</div></div>',
        f" govuk-notification-banner--{kind}" if kind else "",
        "alert" if kind == "success" else "region",
        title,
        content,
        slug=f"banner-{charts.slug_of(title)}",
    )


@register.simple_block_tag
def data_table(content: str, caption: str, stacks: bool = True) -> str:
    """A table that scrolls by itself on a narrow screen, or stacks into cards."""
    slug = charts.slug_of(caption)
    return format_html(
        '<div class="app-table{}"{}><table class="govuk-table">'
        '<caption class="govuk-table__caption govuk-visually-hidden" id="{}-caption">{}</caption>'
        "{}</table></div>",
        " app-table--stacks" if stacks else "",
        ""
        if stacks
        else format_html(' role="region" tabindex="0" aria-labelledby="{}-caption"', slug),
        slug,
        caption,
        content,
    )


@register.inclusion_tag("parts/empty_state.html")
def empty_state(words: str, link: str = "", link_words: str = "") -> dict[str, Any]:
    """What to say when there is nothing to show."""
    return {"words": words, "link": link, "link_words": link_words}


# Questions


@register.inclusion_tag("parts/error_summary.html")
def error_summary(*asked: forms.BaseForm | Sequence[forms.BaseForm] | None) -> dict[str, Any]:
    """Everything that must be put right, at the top of the page, each with a link to its place.

    Takes forms, or lists of forms.
    """
    problems: list[tuple[str, str]] = []
    every: list[forms.BaseForm | None] = []
    for one in asked:
        every += [one] if one is None or isinstance(one, forms.BaseForm) else one
    for form in every:
        if form is None or not form.is_bound:
            continue
        problems += [("", str(error)) for error in form.non_field_errors()]
        for bound in form:
            target = questions.error_target(bound)
            problems += [(target, str(error)) for error in bound.errors]
    return {"problems": problems}


CONTROLS: Sequence[tuple[type[forms.Widget], str]] = (
    (questions.DateInput, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
)
CONTROL_CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "file": "govuk-file-upload",
    "text": "govuk-input",
}


def control_of(widget: forms.Widget) -> str:
    return next((name for kind, name in CONTROLS if isinstance(widget, kind)), "text")


@register.inclusion_tag("forms/answer.html")
def field(bound: BoundField, size: str = "s", heading: bool = False) -> dict[str, Any]:
    """One question: its label, hint, error and answer. ``heading`` when it is the whole page."""
    control = control_of(bound.field.widget)
    described = [
        f"{bound.auto_id}_{part}"
        for part, is_there in (("hint", bound.help_text), ("error", bound.errors))
        if is_there
    ]
    limit = getattr(bound.field.widget, "limit", None)
    if limit:
        described.append(f"{bound.auto_id}-info")
    context = {
        "field": bound,
        "control": control,
        "size": size,
        "heading": heading,
        "described_by": " ".join(described),
        "limit": limit,
        "widget": bound.field.widget,
        "answer": "",
    }
    if control == "date":
        context["boxes"] = questions.date_boxes(bound)
    elif control in ("radios", "checkboxes"):
        context["choices"] = questions.choices_of(bound)
    else:
        context["answer"] = drawn_answer(bound, control, " ".join(described))
    return context


def drawn_answer(bound: BoundField, control: str, described_by: str) -> SafeString:
    """The input itself, with the classes that its kind and its state ask for."""
    widget = bound.field.widget
    classes = ["govuk-checkboxes__input"] if control == "checkbox" else [CONTROL_CLASSES[control]]
    if bound.errors and control != "checkbox":
        classes.append(f"{classes[0].split()[0]}--error")
    if getattr(widget, "width", None):
        classes.append(f"govuk-input--width-{widget.width}")
    if getattr(widget, "limit", None):
        classes.append("govuk-js-character-count")
    if widget.attrs.get("class"):
        classes.append(widget.attrs["class"])
    attrs: dict[str, str | bool] = {"class": " ".join(classes)}
    if described_by:
        attrs["aria-describedby"] = described_by
    if control == "password":
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("forms/fields.html")
def fields(form: forms.BaseForm, size: str = "s") -> dict[str, Any]:
    """Every question of a form, those that depend on a choice inside that choice."""
    inside = questions.revealed_names(form)
    return {
        "hidden": form.hidden_fields(),
        "visible": [bound for bound in form.visible_fields() if bound.name not in inside],
        "size": size,
    }
