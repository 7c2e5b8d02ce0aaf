"""How pages write moments."""

from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

_AT = datetime(2026, 11, 27, 2, 55, tzinfo=UTC)


@pytest.mark.parametrize("is_near", [False, True])
def test_a_full_stop_may_follow_a_moment_without_a_space(*, is_near: bool) -> None:
    written = render_to_string("components/time.html", {"at": _AT, "is_near": is_near})
    assert written.endswith("</time>")
