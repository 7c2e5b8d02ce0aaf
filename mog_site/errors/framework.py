"""What the refusals of Django, of its API framework, and of what we depend on become."""

import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import redis
from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as rest_errors

from accounts.api.serializers import camelize
from mog_site.errors.rules import (
    BAD_REQUEST,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    SIGN_IN,
    TOO_LARGE,
    UNAVAILABLE,
    Details,
    Rule,
    Table,
)
from mog_site.throttles import LimiterUnavailable, RateLimited


def _validation_details(error: django_errors.ValidationError) -> Details:
    if hasattr(error, "error_dict"):
        return {camelize(name): texts for name, texts in error.message_dict.items()}
    return {"body": error.messages}


def _rest_validation_details(error: rest_errors.ValidationError) -> Details:
    detail = error.detail
    return detail if isinstance(detail, dict) else {"body": detail}


def _rest_wait(error: Any) -> Mapping[str, str]:
    return {"Retry-After": str(max(1, int(error.wait or 1)))}


RULES: Table = {
    # Django
    Http404: NOT_FOUND,
    django_errors.ObjectDoesNotExist: NOT_FOUND,
    django_errors.PermissionDenied: FORBIDDEN,
    django_errors.ValidationError: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_fields", INVALID, details=_validation_details
    ),
    django_errors.BadRequest: BAD_REQUEST,
    django_errors.SuspiciousOperation: BAD_REQUEST,
    django_errors.RequestDataTooBig: TOO_LARGE,
    django_errors.TooManyFieldsSent: TOO_LARGE,
    django_errors.TooManyFilesSent: TOO_LARGE,
    MultiPartParserError: BAD_REQUEST,
    UnreadablePostError: BAD_REQUEST,
    # the API framework
    rest_errors.NotAuthenticated: SIGN_IN,
    rest_errors.AuthenticationFailed: SIGN_IN,
    rest_errors.PermissionDenied: FORBIDDEN,
    rest_errors.NotFound: NOT_FOUND,
    rest_errors.ParseError: Rule(
        HTTPStatus.BAD_REQUEST,
        "malformed_json",
        "The body is not the JSON we can read. Check its syntax and nesting.",
    ),
    rest_errors.ValidationError: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_fields",
        INVALID,
        details=_rest_validation_details,
    ),
    rest_errors.MethodNotAllowed: Rule(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address knows other methods; the `Allow` header lists them.",
    ),
    rest_errors.NotAcceptable: BAD_REQUEST,
    rest_errors.UnsupportedMediaType: Rule(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "Send JSON with `Content-Type: application/json`.",
    ),
    rest_errors.Throttled: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests. Wait as many seconds as `Retry-After` says.",
        headers=_rest_wait,
    ),
    # what we depend on
    OperationalError: UNAVAILABLE,
    InterfaceError: UNAVAILABLE,
    redis.ConnectionError: UNAVAILABLE,
    redis.TimeoutError: UNAVAILABLE,
    sqlite3.OperationalError: UNAVAILABLE,
    # limits
    RateLimited: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests. Wait as many seconds as `Retry-After` says.",
        headers=lambda error: error.headers(),
    ),
    LimiterUnavailable: UNAVAILABLE,
}
