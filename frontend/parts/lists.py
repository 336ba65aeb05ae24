"""Long lists: pages of them, their order, and the filters somebody chose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

PER_PAGE = 25


def page_of(rows: Any, request: HttpRequest, *, per_page: int = PER_PAGE) -> Page:
    """The page of rows that was asked for; beyond the ends, the nearest there is."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def with_query(query: QueryDict, **changes: object) -> str:
    """The same address with some of its questions changed; ``None`` takes one away."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return f"?{changed.urlencode()}" if changed else "?"


@dataclass(frozen=True)
class PageLink:
    """One number, or a gap, among the links under a list."""

    number: int | None
    url: str = ""
    is_current: bool = False


def page_links(page: Page, query: QueryDict) -> Iterator[PageLink]:
    """The first, the last, and those around this one, with gaps between."""
    total = page.paginator.num_pages
    shown = sorted({1, total, *range(max(1, page.number - 1), min(total, page.number + 1) + 1)})
    previous = 0
    for number in shown:
        if number - previous > 1:
            yield PageLink(None)
        yield PageLink(number, with_query(query, page=number), number == page.number)
        previous = number


@dataclass(frozen=True)
class SortLink:
    """A column heading that orders the list."""

    label: str
    url: str
    direction: str


def sort_link(query: QueryDict, name: str, label: str, default: str = "") -> SortLink:
    """The heading of one column; pressing it again turns the order round."""
    order = query.get("order", default)
    direction = {name: "ascending", f"-{name}": "descending"}.get(order, "none")
    turned = f"-{name}" if direction == "ascending" else name
    return SortLink(label, with_query(query, order=turned, page=None), direction)


def order_of(query: QueryDict, allowed: Iterable[str], default: str) -> str:
    """The order asked for, if it is one that the list offers."""
    order = query.get("order", default)
    return order if order.removeprefix("-") in allowed else default


@dataclass(frozen=True)
class Chosen:
    """One filter that somebody chose, with the address of the list without it."""

    question: str
    answer: str
    remove_url: str


def chosen_filters(form: forms.BaseForm, query: QueryDict) -> list[Chosen]:
    """Every filter in force, in the order of the form."""
    chosen: list[Chosen] = []
    for name, field in form.fields.items():
        values = [value for value in query.getlist(name) if value]
        choices = choices_of(field)
        for value in values:
            rest = query.copy()
            rest.setlist(name, [other for other in values if other != value])
            rest.pop("page", None)
            if values == [value]:
                rest.pop(name)
                # Says that the reader emptied it, so that a remembered choice does not come back.
                rest["filtered"] = "1"
            url = f"?{rest.urlencode()}"
            chosen.append(Chosen(str(field.label or name), choices.get(value, value), url))
    return chosen


def choices_of(field: forms.Field) -> dict[str, str]:
    found: dict[str, str] = {}
    for value, label in getattr(field, "choices", []):
        if isinstance(label, list | tuple):
            found.update({str(inner): str(words) for inner, words in label})
        else:
            found[str(value)] = str(label)
    return found


def remembered_query(request: HttpRequest, list_name: str) -> QueryDict:
    """What this person last asked of a list, until they ask for something else.

    ``?filtered=1`` alone clears it. The choice is kept with the session, so it is one person's.
    """
    key = f"filters:{list_name}"
    asked = request.GET.copy()
    asked.pop("page", None)
    if asked:
        request.session[key] = asked.urlencode()
        return request.GET
    remembered = QueryDict(request.session.get(key, ""), mutable=True)
    if "page" in request.GET:
        remembered["page"] = request.GET["page"]
    return remembered
