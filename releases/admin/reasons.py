"""A page that asks for a reason before something is done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from releases.admin import acting, keys
from releases.forms import ReasonForm


def page(
    model_admin: Any,
    request: HttpRequest,
    *,
    context: dict[str, Any],
    read_by: str,
    operation: Callable[[str], str],
    onwards: Callable[[], HttpResponseRedirect],
) -> HttpResponse:
    """Ask for a reason, act, say what was done and lead on.

    context: `title`, `explanation` (what will happen) and `verb` (what the button says), beside
    what else the page shows. operation: takes the reason and returns what to say of it.
    """
    form = ReasonForm(request.POST if request.method == "POST" else None, read_by=read_by)
    if form.is_valid():
        try:
            told = operation(form.cleaned_data["reason"].strip())
        except acting.REFUSALS as error:
            form.add_error(None, acting.says(error))
        else:
            model_admin.message_user(request, told, messages.SUCCESS)
            return onwards()
    shared = model_admin.admin_site.each_context(request)
    shared |= {"opts": model_admin.model._meta, "form": form, "keys": keys.REASON, **context}
    return TemplateResponse(request, "admin/releases/reason.html", shared)
