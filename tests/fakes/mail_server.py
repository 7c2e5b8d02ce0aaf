"""A mail server that keeps mails in memory, and is away or takes its client down when told to."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class PowerFailure(BaseException):
    """The worker is gone in the middle of what it did."""


class Trouble:
    """What goes wrong, by how many mails were taken before; each happens once."""

    before: dict[int, BaseException] = {}
    after: dict[int, BaseException] = {}
    taken = 0

    @classmethod
    def reset(cls) -> None:
        """Let nothing go wrong."""
        cls.before, cls.after, cls.taken = {}, {}, 0


class Backend(EmailBackend):
    """What `EMAIL_BACKEND` names."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Take mails, unless something goes wrong before."""
        if error := Trouble.before.pop(Trouble.taken, None):
            raise error
        number = super().send_messages(messages)
        Trouble.taken += number
        if error := Trouble.after.pop(Trouble.taken, None):
            raise error
        return number
