"""E-mail, by whichever mail server or service the settings name."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage

from backend.access.models import Person
from backend.notify.ways.message import Message, UnableToSend


class ByEmail:
    """One e-mail; the same identifier on a retry lets the receiving side drop a duplicate."""

    def is_offered(self) -> bool:
        return True

    def send(self, person: Person, message: Message) -> None:
        headers = {"Message-ID": f"<{message.reference}@sightline>"}
        if message.is_retry:
            headers["X-Sightline-Retry"] = "yes"
        mail = EmailMessage(message.subject, message.body, to=[person.email], headers=headers)
        try:
            mail.send()
        except (OSError, SMTPException) as error:
            raise UnableToSend(_words_of(error), is_final=_is_final(error)) from error


def _words_of(error: Exception) -> str:
    """What the mail server answered, without the address it may repeat."""
    code = _code_of(error)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _is_final(error: Exception) -> bool:
    """Whether the server refused this very person for good."""
    return isinstance(error, SMTPRecipientsRefused) and _code_of(error) // 100 == 5


def _code_of(error: Exception) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, SMTPResponseException) else 0
