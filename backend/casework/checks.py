"""System checks: every row of a table has its method, its event and somebody who may."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from backend.access.grants import CARD_ONLY
from backend.access.matters import kinds_of_matters
from backend.casework.case import Case, Matter
from backend.grammar.events import KINDS, Depth


def rooms() -> list[type[Matter]]:
    """Every kind of case that is installed."""
    found: list[type[Matter]] = []
    waiting = list(Matter.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return sorted(found, key=lambda model: model._meta.label)


@register()
def check_tables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [message for model in rooms() for message in faults_of(model)]


def faults_of(model: type[Matter]) -> list[CheckMessage]:
    """What is wrong between a table and the model that lives by it."""
    table = model.TABLE
    rows = {row.name for row in table}
    methods = {name for name in dir(model) if getattr(getattr(model, name, None), "is_step", False)}
    wrong: list[CheckMessage] = [
        Error(f"{table.room}: the row {name} has no method", obj=model, id="sightline.E001")
        for name in sorted(rows - methods)
    ]
    wrong += [
        Error(f"{table.room}: the method {name} has no row", obj=model, id="sightline.E002")
        for name in sorted(methods - rows)
    ]
    for row in table:
        if f"{table.room}.{row.event}" not in KINDS:
            wrong.append(
                Error(
                    f"{table.room}: the row {row.name} records {row.event!r}, which no event "
                    "describes",
                    obj=model,
                    id="sightline.E003",
                )
            )
            continue
        kind = KINDS[f"{table.room}.{row.event}"]
        if issubclass(model, Case) and kind.depth != Depth.CARD and set(row.tells) & set(CARD_ONLY):
            wrong.append(
                Error(
                    f"{table.room}: {row.name} tells somebody who may not read {kind.name}",
                    obj=model,
                    id="sightline.E004",
                )
            )
        if not row.who:
            wrong.append(
                Error(f"{table.room}: nobody may {row.name}", obj=model, id="sightline.E005")
            )
    if not issubclass(model, Case) and table.name not in kinds_of_matters():
        wrong.append(
            Error(
                f"{table.name}: nobody says who plays a part in these, or who may see them",
                obj=model,
                id="sightline.E006",
            )
        )
    return wrong
