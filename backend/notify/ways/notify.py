"""GOV.UK Notify, the public sector's own service for e-mail and text messages."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from backend.notify.ways.message import UnableToSend

#: The service's client writes the answers it gets into the log, addresses and all.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
SECONDS_TO_ANSWER = 20
#: The message itself is wrong; the same message will be refused again.
REFUSED_FOR_GOOD = (400, 404, 413)


def client() -> NotificationsAPIClient:
    """A client of the service, with the key of this installation."""
    return NotificationsAPIClient(
        settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL, timeout=SECONDS_TO_ANSWER
    )


def send_once(
    send: Callable[[NotificationsAPIClient], object], *, reference: str, is_retry: bool
) -> None:
    """This will send, unless an earlier try under the same reference arrived after all.

    :raises UnableToSend: the service did not take it; only its code is repeated.
    """
    service = client()
    try:
        if is_retry and _was_taken(service, reference):
            return
        send(service)
    except APIError as error:
        code = error.status_code
        raise UnableToSend(f"Notify {code}", is_final=code in REFUSED_FOR_GOOD) from error


def _was_taken(service: NotificationsAPIClient, reference: str) -> bool:
    answer: dict[str, Any] = service.get_all_notifications(reference=reference)
    return bool(answer.get("notifications"))


class NotifyMail(BaseEmailBackend):
    """Sends the e-mails of the whole house through Notify: alerts, and links to set a password.

    The template has the subject ``((subject))`` and the body ``((body))``.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                self._send(message, address)
        return len(email_messages)

    def _send(self, message: EmailMessage, address: str) -> None:
        reference = message.extra_headers.get("Message-ID", "").strip("<>")
        send_once(
            lambda service: service.send_email_notification(
                email_address=address,
                template_id=settings.NOTIFY_EMAIL_TEMPLATE,
                personalisation={"subject": message.subject, "body": message.body},
                reference=reference or None,
            ),
            reference=reference,
            is_retry=bool(reference) and "X-Sightline-Retry" in message.extra_headers,
        )
