"""What an action refused, beside the question that it is about."""

from collections.abc import Mapping

from django.forms import BaseForm

from backend.casework.errors import UnableTo


def put_refusal_on(
    form: BaseForm, refusal: UnableTo, asked_as: Mapping[str, str] | None = None
) -> None:
    """Shows a refusal at the question at fault; ``asked_as`` names questions asked otherwise."""
    name = (asked_as or {}).get(refusal.field, refusal.field)
    # The question may have been answered rightly by its own lights: the refusal still stands.
    form.add_error(name if name in form.fields else None, refusal.reason)
