"""Who asks: a bearer token that somebody was given, kept only as a digest."""

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from backend.access.models import Person


class BearerToken(TokenAuthentication):
    """Reads ``Authorization: Bearer ...``; a token that cannot be read is a wrong token."""

    def authenticate_credentials(self, token: bytes) -> tuple[Person, object]:
        try:
            return super().authenticate_credentials(token)
        except UnicodeDecodeError as error:
            raise AuthenticationFailed("Invalid token.") from error
