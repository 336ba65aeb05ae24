"""System checks: an address that does not say who may reach it stops the server."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from backend.api.permissions import Declared, Reach
from backend.api.views import Endpoint, OfChildren, OfMatters, OfPerson, OfSettings, Rows

#: What limits the rows of a view to what its reach allows.
LIMITED_BY = {
    Reach.CARD: OfChildren,
    Reach.RECORD: OfChildren,
    Reach.SETTING: OfSettings,
    Reach.CASE: OfMatters,
}


@register(Tags.urls)
def check_reach(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    patterns = get_resolver().url_patterns
    return [
        fault for address, answer in addresses(patterns) for fault in faults_of(address, answer)
    ]


def addresses(patterns: Any, under: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the API, with what answers it."""
    for pattern in patterns:
        address = under + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and address.startswith("api/"):
            yield address, pattern.callback


def faults_of(address: str, answer: Any) -> list[CheckMessage]:
    """Why an address cannot be served."""
    view = getattr(answer, "cls", None)
    if not (isinstance(view, type) and issubclass(view, Endpoint)):
        return [Error(f"/{address} is not an Endpoint", id="sightline.E101")]
    faults: list[CheckMessage] = []
    initkwargs = getattr(answer, "initkwargs", {})
    permissions = initkwargs.get("permission_classes", view.permission_classes)
    reach: object = initkwargs.get("reach", view.reach)
    limits: type[Endpoint] = Rows
    if isinstance(reach, Reach):
        limits = LIMITED_BY.get(reach, Rows)
    else:
        faults.append(Error(f"/{address} does not say its reach", obj=view, id="sightline.E102"))
    if Declared not in permissions:
        faults.append(Error(f"/{address} lets its reach go unasked", obj=view, id="sightline.E103"))
    if issubclass(view, Rows) and not issubclass(view, limits):
        faults.append(
            Error(f"/{address} does not limit its rows to {reach}", obj=view, id="sightline.E104")
        )
    owned = (OfChildren, OfSettings, OfPerson, OfMatters)
    if issubclass(view, Rows) and not issubclass(view, owned):
        faults.append(Error(f"/{address} limits its rows to nobody", obj=view, id="sightline.E105"))
    if issubclass(view, OfPerson) and reach is Reach.ANYBODY:
        faults.append(Error(f"/{address} needs somebody", obj=view, id="sightline.E106"))
    return faults
