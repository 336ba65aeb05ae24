"""How often somebody may ask."""

from django.conf import settings
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class PerPerson(UserRateThrottle):
    """A person who is signed in, however they are."""

    scope = "person"

    def get_rate(self) -> str:
        return str(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope])


class PerStranger(AnonRateThrottle):
    """Somebody who is not signed in, by address."""

    scope = "stranger"

    def get_rate(self) -> str:
        return str(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope])
