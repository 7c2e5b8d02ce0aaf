"""How automatic top-ups fared: two declines in a row end them, and their owner is told."""

from datetime import datetime

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import top_up_mail
from payments.models import AutoTopUp, TopUp
from payments.models.auto_top_up import MOST_DECLINES


def count(top_up: TopUp, *, now: datetime) -> None:
    """Count a decline inside the transaction that records it; end it when it is one too many."""
    auto = AutoTopUp.objects.select_for_update().filter(payer=top_up.payer).first()
    if auto is None or not auto.is_enabled:
        return
    auto.declines += 1
    if auto.declines >= MOST_DECLINES:
        auto.is_enabled, auto.stopped_at = False, now
        data = {"declines": auto.declines, "lastTopUp": top_up.public_id}
        system = Actor.system().who
        record(Action.AUTO_TOP_UP_STOPPED, by=system, now=now, subject=auto.subject, data=data)
        top_up_mail.send(top_up_mail.stopped(auto), about=top_up)
    auto.save(update_fields=["declines", "is_enabled", "stopped_at"])


def forget(top_up: TopUp) -> None:
    """Begin to count anew: it worked."""
    AutoTopUp.objects.filter(payer=top_up.payer, is_enabled=True).update(declines=0)
