"""The bytes of strangers, for whoever has a signed link: a file to save, never a page of ours."""

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import content_of_strangers
from releases import links, storage
from releases.errors import LinkRefused


@never_cache
@require_safe
@content_of_strangers
def archive(request: HttpRequest, token: str) -> FileResponse:
    """Answer with an archive; no cookie, no token, only the link decides.

    Raises LinkRefused.
    """
    opened = links.read(token, now=timezone.now())
    try:
        file = storage.open_artifact(opened.sha256)
    except FileNotFoundError as error:
        raise LinkRefused from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=opened.file_name,
        content_type="application/zip",
    )
