"""How people come to have an account: somebody gives them one."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Refuses that anybody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts follow appointments."""
        return False
