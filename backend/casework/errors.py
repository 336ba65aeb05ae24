"""Why something could not be done, in words that the person who tried can act on."""


class UnableTo(Exception):
    """Something could not be done; ``reason`` is for the person who asked."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        #: The fact at fault, when it is one fact.
        self.field = field


class NotAllowed(UnableTo):
    """This person may not do this, whatever the state of the case."""


class NotNow(UnableTo):
    """The case is in a state in which this cannot be done."""


class MovedOn(UnableTo):
    """Somebody changed the case since this person last read it."""


class FactRefused(UnableTo):
    """A fact that was given cannot be true, or is missing."""
