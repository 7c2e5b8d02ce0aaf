"""Pages that show the files of a release to staff, and how it differs from another."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from accounts.admin import LookOnlyAdmin
from releases import file_view
from releases.admin import keys
from releases.models import Case, Release
from releases.storage import BytesMissing
from scanning import viewing
from scanning.errors import ScanInconclusive
from scanning.models import Finding
from scanning.viewing import FileView

# Lines of a long file that stand above the one that was asked for.
_ABOVE = 200


class FilePages(LookOnlyAdmin):
    """Adds the routes of these pages to the admin of releases."""

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with those about files."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/files/", view(self.files), name="releases_release_files"),
            path("<int:pk>/file/", view(self.file), name="releases_release_file"),
            path("<int:pk>/diff/", view(self.diff), name="releases_release_diff"),
            *super().get_urls(),
        ]

    def files(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the files of a release, with what was found in each."""
        release = self._release(request, pk)
        findings = _findings_by_file(release)
        listed = [
            (file, file_address(release, file.path), len(findings.get(file.path, [])))
            for file in file_view.files_of(release).values()
        ]
        context = self._context(request, release, "Files") | {"files": listed, "keys": keys.FILES}
        return TemplateResponse(request, "admin/releases/files.html", context)

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a file from a line on; findings stand at their lines."""
        release = self._release(request, pk)
        name = request.GET.get("path", "")
        known = file_view.files_of(release).get(name)
        if known is None:
            raise Http404
        first_line = _first_line(request)
        context = self._context(request, release, name) | {"file": known}
        try:
            shown = file_view.read(release, name, first_line=first_line)
        except (ScanInconclusive, BytesMissing) as error:
            return self._unreadable(request, context, error)
        findings = _findings_by_file(release).get(name, [])
        context |= {"shown": shown, "rows": _rows(shown, findings)}
        context |= {"elsewhere": _elsewhere(shown, findings)}
        context |= _neighbours(release, name, shown, first_line=first_line)
        return TemplateResponse(request, "admin/releases/file.html", context)

    def diff(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how a release differs from the accepted one before it."""
        release = self._release(request, pk)
        before = file_view.previous(release) if hasattr(release, "artifact") else None
        context = self._context(request, release, "Differences")
        context |= {"before": before, "keys": keys.DIFF}
        if before is not None:
            try:
                compared = file_view.compare(before, release)
            except (ScanInconclusive, BytesMissing) as error:
                return self._unreadable(request, context, error)
            context |= {"compared": compared, "changes": _changes(before, release, compared)}
        return TemplateResponse(request, "admin/releases/diff.html", context)

    def _release(self, request: HttpRequest, pk: int) -> Release:
        if not self.has_view_permission(request):
            raise PermissionDenied
        releases = Release.objects.with_listing().select_related("artifact", "report")
        return get_object_or_404(releases.defer("artifact__readme_html"), pk=pk)

    def _context(self, request: HttpRequest, release: Release, title: str) -> dict[str, Any]:
        case = Case.objects.filter(release=release).order_by("-pk").first()
        return self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.model._meta,
            "release": release,
            "case": case,
            "keys": keys.FILE,
        }

    def _unreadable(
        self, request: HttpRequest, context: dict[str, Any], error: Exception
    ) -> HttpResponse:
        is_gone = isinstance(error, BytesMissing)
        reason = error.reason if isinstance(error, ScanInconclusive) else ""
        context |= {"is_gone": is_gone, "reason": reason}
        return TemplateResponse(
            request,
            "admin/releases/unreadable.html",
            context,
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )


def file_address(release: Release, name: str, line: int | None = None) -> str:
    """Return where a file is shown, from some lines above one on where it is a long one."""
    query: dict[str, str | int] = {"path": name}
    if line is not None and line > viewing.LINES - _ABOVE:
        query["from"] = line - _ABOVE
    address = f"{reverse('admin:releases_release_file', args=[release.pk])}?{urlencode(query)}"
    return f"{address}#L{line}" if line is not None else address


def _first_line(request: HttpRequest) -> int:
    asked = request.GET.get("from", "1")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    return max(1, int(asked)) if is_number else 1


def _findings_by_file(release: Release) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in release.report.findings.order_by("line", "pk") if release.report else ():
        found.setdefault(finding.file, []).append(finding)
    return found


def _rows(shown: FileView, findings: list[Finding]) -> list[tuple[viewing.Line, list[Finding]]]:
    """Return each line with what was found in it."""
    by_line: dict[int | None, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.line, []).append(finding)
    return [(line, by_line.get(line.number, [])) for line in shown.lines]


def _elsewhere(shown: FileView, findings: list[Finding]) -> list[Finding]:
    """Return what was found at no line that is shown."""
    numbers = {line.number for line in shown.lines}
    return [finding for finding in findings if finding.line not in numbers]


def _neighbours(
    release: Release, name: str, shown: FileView, *, first_line: int
) -> dict[str, str | None]:
    """Return where the lines before and behind those shown are."""
    last = shown.lines[-1].number if shown.lines else first_line
    above = max(1, first_line - viewing.LINES)
    address = file_address(release, name)
    return {
        "above": f"{address}&from={above}" if first_line > 1 else None,
        "below": f"{address}&from={last + 1}" if shown.lines and last < shown.total_lines else None,
    }


def _changes(
    before: Release, after: Release, compared: file_view.Comparison
) -> list[tuple[file_view.FileChange, str]]:
    """Return each change with where the file is shown whole."""
    return [
        (change, file_address(before if change.after_bytes is None else after, change.path))
        for change in compared.files
    ]
