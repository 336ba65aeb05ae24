"""What is asked on the pages of a home."""

from frontend.forms import DateField, Form, LongTextField


class Receipt(Form):
    """When the reader's own authority received a notice."""

    received_on = DateField(
        called="The day the notice was received",
        label="When did your authority receive it?",
        help_text="For example, 27 3 2026. Visits to your authority's children here are counted "
        "from this day.",
    )


class Notice(Form):
    """A regulator's notice about a home: every child placed there is to be visited."""

    received_on = DateField(
        called="The day the notice was received",
        label="When was the notice received?",
        help_text="For example, 27 3 2026",
    )
    summary = LongTextField(
        label="What is the notice about?",
        help_text="Do not name children",
        max_length=20_000,
        error_messages={"required": "Enter what the notice is about"},
    )
