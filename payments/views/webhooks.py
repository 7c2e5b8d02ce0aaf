"""Where the payment provider tells us what happened."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.http import MogRequest, actor_of, throttled
from payments import webhook_inbox


# Exempt: the signature over the body stands in the place of a form's token.
@throttled("webhook")
@csrf_exempt
@require_POST
def stripe(request: MogRequest) -> HttpResponse:
    """Take an event in; one that is here already is as welcome as a new one."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > webhook_inbox.BODY_BYTES:
        raise RequestDataTooBig  # before it is read
    signature = request.headers.get("Stripe-Signature", "")
    now = timezone.now()
    webhook_inbox.receive(request.body, signature, by=actor_of(request), now=now)
    return JsonResponse({"received": True})
