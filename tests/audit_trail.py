"""What a test asks of the audit trail."""

import json
from typing import Any

from audit.actions import Action
from audit.models import RefusalTally


def refusals(action: Action) -> list[dict[str, Any]]:
    """Return what was refused since the test began, each kind once."""
    rows = RefusalTally.objects.filter(action=action).order_by("pk")
    return [json.loads(data) for data in rows.values_list("data", flat=True)]
