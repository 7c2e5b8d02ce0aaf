"""An MCP server for dates, over standard input and output: one JSON-RPC 2.0 message a line.

Python's standard library only, no network. Protocol: modelcontextprotocol.io, revision 2025-06-18.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PROTOCOL = "2025-06-18"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Beyond it a caller has made a mistake, and counting day by day would take long.
MOST_DAYS = 36_600


class Refused(Exception):
    """The caller asked for something that cannot be; the message says what."""


def holidays() -> set[date]:
    """Return the days off that the environment names."""
    given = os.environ.get("CALENDAR_DESK_HOLIDAYS", "")
    return {read_date(text) for text in given.split(",") if text.strip()}


def read_date(text: Any) -> date:
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError as error:
        raise Refused(f"{text!r} is no date; write YYYY-MM-DD.") from error


def read_zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused(f"{name!r} is no time zone; write one such as Europe/Berlin.") from error


def read_days(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) > MOST_DAYS:
        raise Refused(f"days must be a whole number from -{MOST_DAYS} to {MOST_DAYS}.")
    return number


def is_working(day: date, off: set[date]) -> bool:
    return day.weekday() < 5 and day not in off


def described(day: date) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "weekday": WEEKDAYS[day.weekday()],
        "isoWeek": day.isocalendar().week,
    }


def now(arguments: dict[str, Any]) -> dict[str, Any]:
    zone = read_zone(arguments.get("zone", "UTC"))
    moment = datetime.now(zone)
    return described(moment.date()) | {"moment": moment.isoformat(timespec="seconds")}


def shift(arguments: dict[str, Any]) -> dict[str, Any]:
    start, days = read_date(arguments["date"]), read_days(arguments["days"])
    try:
        if not arguments.get("working_days", False):
            return described(start + timedelta(days=days))
        return described(shifted_by_working_days(start, days))
    except OverflowError as error:
        raise Refused("That leads beyond the years that a calendar has.") from error


def shifted_by_working_days(start: date, days: int) -> date:
    off, step = holidays(), timedelta(days=1 if days >= 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working(day, off)
    return day


def between(arguments: dict[str, Any]) -> dict[str, Any]:
    first, last = read_date(arguments["start"]), read_date(arguments["end"])
    days = (last - first).days
    read_days(days)
    off, early = holidays(), min(first, last)
    working = sum(is_working(early + timedelta(days=n), off) for n in range(abs(days)))
    return {"days": days, "workingDays": working if days >= 0 else -working}


def convert(arguments: dict[str, Any]) -> dict[str, Any]:
    source, target = read_zone(arguments["from_zone"]), read_zone(arguments["to_zone"])
    try:
        moment = datetime.fromisoformat(str(arguments["moment"]))
    except ValueError as error:
        raise Refused("Write the moment as YYYY-MM-DDTHH:MM.") from error
    there = moment.replace(tzinfo=source).astimezone(target)
    return described(there.date()) | {"moment": there.isoformat(timespec="minutes")}


def next_weekday(arguments: dict[str, Any]) -> dict[str, Any]:
    start, name = read_date(arguments["date"]), str(arguments["weekday"]).lower()
    if name not in WEEKDAYS:
        raise Refused(f"weekday must be one of {', '.join(WEEKDAYS)}.")
    ahead = (WEEKDAYS.index(name) - start.weekday() - 1) % 7 + 1
    return described(start + timedelta(days=ahead))


def tool(
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    description: str,
    required: tuple[str, ...],
    **properties: dict[str, str],
) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"answer": answer, "description": description, "inputSchema": schema}


DATE = {"type": "string", "description": "YYYY-MM-DD"}
ZONE = {"type": "string", "description": "IANA name, such as Europe/Berlin"}
TOOLS = {
    "now": tool(now, "The date and time in a time zone (UTC by default).", (), zone=ZONE),
    "shift": tool(
        shift,
        "The date so many days, or working days, after another; negative numbers go back.",
        ("date", "days"),
        date=DATE,
        days={"type": "integer"},
        working_days={"type": "boolean"},
    ),
    "between": tool(
        between,
        "Days and working days from one date up to another, which is not counted.",
        ("start", "end"),
        start=DATE,
        end=DATE,
    ),
    "convert": tool(
        convert,
        "A moment of one time zone as clocks show it in another.",
        ("moment", "from_zone", "to_zone"),
        moment={"type": "string", "description": "YYYY-MM-DDTHH:MM"},
        from_zone=ZONE,
        to_zone=ZONE,
    ),
    "next_weekday": tool(
        next_weekday,
        "The next given weekday after a date.",
        ("date", "weekday"),
        date=DATE,
        weekday={"type": "string", "description": "such as friday"},
    ),
}


def call(parameters: dict[str, Any]) -> dict[str, Any]:
    """Answer tools/call; what a caller did wrong is told to the model, not to the protocol."""
    known = TOOLS.get(str(parameters.get("name")))
    if known is None:
        return told("There is no such tool.", is_error=True)
    try:
        answer = known["answer"](parameters.get("arguments") or {})
    except Refused as refusal:
        return told(str(refusal), is_error=True)
    except KeyError as missing:
        return told(f"The argument {missing} is missing.", is_error=True)
    return told(json.dumps(answer))


def told(text: str, *, is_error: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def listed() -> list[dict[str, Any]]:
    return [
        {"name": name, "description": each["description"], "inputSchema": each["inputSchema"]}
        for name, each in TOOLS.items()
    ]


def answer_to(message: dict[str, Any]) -> dict[str, Any] | None:
    """Return the answer to one message; None for a notification, which gets none."""
    if "id" not in message:
        return None
    method, parameters = message.get("method"), message.get("params") or {}
    result: dict[str, Any]
    if method == "initialize":
        about = {"name": "calendar-desk", "version": "1.0.0"}
        result = {"protocolVersion": PROTOCOL, "capabilities": {"tools": {}}, "serverInfo": about}
    elif method == "ping":
        result = {}
    elif method == "tools/list":
        result = {"tools": listed()}
    elif method == "tools/call":
        result = call(parameters)
    else:
        problem = {"code": -32601, "message": f"unknown method {method}"}
        return {"jsonrpc": "2.0", "id": message["id"], "error": problem}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def main() -> None:
    for line in sys.stdin:
        try:
            message = json.loads(line)
        except ValueError:
            problem = {"code": -32700, "message": "this line is no JSON"}
            answer: dict[str, Any] | None = {"jsonrpc": "2.0", "id": None, "error": problem}
        else:
            answer = answer_to(message) if isinstance(message, dict) else None
        if answer is not None:
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
