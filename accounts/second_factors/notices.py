"""What people are told by mail when something about their second factors changes."""

from datetime import datetime

from accounts import mail, user_agent
from accounts.mail import Letter
from accounts.models import User
from audit.who import Origin


def tell(user: User, what: str, *, origin: Origin, now: datetime) -> None:
    """Mail a person what has happened, a sentence, once the caller's transaction stands."""
    facts = {
        "what": what,
        "username": user.username,
        "at": f"{now:%Y-%m-%d %H:%M} UTC",
        "ip": origin.ip,
        "device": user_agent.software(origin.user_agent) if origin.user_agent else "",
    }
    letter = Letter(
        template="second_factor_changed",
        subject="Two-step verification of your account",
        facts=facts,
    )
    mail.send_on_commit(letter, to=user.email)
