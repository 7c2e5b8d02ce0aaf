"""The pages of the review queue, as staff asks for them and sends their forms."""

from django.test import Client

from releases.models import Case, Release

QUEUE = "/admin/releases/case/"


def read(client: Client, query: str = "") -> str:
    """Return the text of the queue."""
    return client.get(QUEUE + query).content.decode()


def page(case: Case) -> str:
    """Return the address of a case."""
    return f"{QUEUE}{case.pk}/change/"


def sent(case: Case, decision: str, reason: str = "I have looked.") -> dict[str, str]:
    """Return the form of a case as its page sends it, with the report that it shows now."""
    release = Release.objects.select_related("report").get(pk=case.release_id)
    report = release.report.public_id if release.report else ""
    return {"decision": decision, "reason": reason, "report": report}


def decide(client: Client, case: Case, decision: str, reason: str = "I have looked.") -> str:
    """Send a decision; return where it leads, or what the page says."""
    answer = client.post(page(case), sent(case, decision, reason))
    return str(answer.headers.get("Location", answer.content.decode()))
