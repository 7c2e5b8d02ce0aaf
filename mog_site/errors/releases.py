"""What the refusals of `releases` become."""

from http import HTTPStatus

from django.conf import settings

from mog_site.errors.rules import INVALID, INVALID_FIELD, Rule, Table, retry_after
from releases import errors as releases_errors

RULES: Table = {
    releases_errors.InvalidUpload: INVALID_FIELD,
    releases_errors.UploadTooLarge: Rule(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        "The archive is larger than a package may be. Leave out what it does not need.",
        details=lambda error: {"limitBytes": error.limit_bytes},
    ),
    releases_errors.UploadLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many uploads of this vendor. Wait as many seconds as `Retry-After` says.",
        headers=retry_after,
    ),
    releases_errors.VersionTaken: Rule(
        HTTPStatus.CONFLICT,
        "version_taken",
        "This version exists, or is being examined. Raise the version and publish again.",
        details=lambda error: {"name": error.name, "version": error.version},
    ),
    releases_errors.WrongState: Rule(
        HTTPStatus.CONFLICT,
        "wrong_state",
        "The release is in another state by now. Look at it again.",
        details=lambda error: {"state": error.state.value, "wanted": error.wanted.value},
    ),
    releases_errors.ReasonMissing: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_fields",
        INVALID,
        details=lambda _: {"reason": ["Say why; others will read it."]},
    ),
    releases_errors.InvalidDispute: INVALID_FIELD,
    releases_errors.NothingToDispute: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_dispute",
        "This finding counts for nothing any more, so there is nothing to contest.",
    ),
    releases_errors.FormNotDisputable: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_dispute",
        "This is about the form of the package, which nobody can let through. Mend it and upload"
        " it again.",
    ),
    releases_errors.AlreadyDisputed: Rule(
        HTTPStatus.CONFLICT,
        "already_disputed",
        "You have contested this finding before. Its release shows the answer, or that we look"
        " at it.",
    ),
    releases_errors.DisputeLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many findings contested today. Wait as many seconds as `Retry-After` says.",
        headers=retry_after,
    ),
    releases_errors.DisputeDecided: Rule(
        HTTPStatus.CONFLICT,
        "dispute_decided",
        "Somebody else has answered this dispute by now. Look at it again.",
    ),
    releases_errors.CaseClosed: Rule(
        HTTPStatus.CONFLICT,
        "case_closed",
        "Nothing about this release waits for a decision any more. Look at it again.",
    ),
    releases_errors.ScannedMeanwhile: Rule(
        HTTPStatus.CONFLICT,
        "scanned_meanwhile",
        "The release was scanned again meanwhile. Read what was found now, then decide.",
    ),
    releases_errors.ExceptionWithdrawn: Rule(
        HTTPStatus.CONFLICT,
        "exception_withdrawn",
        "Somebody else has withdrawn this exception by now. Look at it again.",
    ),
    releases_errors.RevocationWaiting: Rule(
        HTTPStatus.CONFLICT,
        "revocation_waiting",
        "Somebody has asked that this release be taken out for good. Confirm or decline that"
        " first.",
    ),
    releases_errors.RevocationEnded: Rule(
        HTTPStatus.CONFLICT,
        "revocation_ended",
        "Somebody else has confirmed or declined this revocation by now. Look at it again.",
    ),
    releases_errors.SecondPersonNeeded: Rule(
        HTTPStatus.FORBIDDEN,
        "second_person_needed",
        "You have asked for this revocation yourself. Somebody else must confirm it.",
    ),
    releases_errors.NothingToScan: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_scan",
        "In its state no scan of this release would change anything.",
    ),
    releases_errors.NothingPublished: Rule(
        HTTPStatus.NOT_FOUND,
        "version_not_found",
        "This listing has no such version to install. Its page lists those it has.",
    ),
    releases_errors.EntitlementRequired: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "entitlement_required",
        "You do not have this listing yet. Get it with `POST /v1/purchases`, or on its page.",
        details=lambda error: {
            "listing": error.listing.name,
            "priceCents": error.listing.price_cents,
            "purchaseUrl": f"{settings.SITE_URL}/{error.listing.name}",
        },
    ),
    releases_errors.ReleaseSuspended: Rule(
        HTTPStatus.LOCKED,
        "release_suspended",
        "A moderator has stopped this version for now. Install another, or try again later.",
    ),
    releases_errors.ReleaseRevoked: Rule(
        HTTPStatus.GONE,
        "release_revoked",
        "This version was taken out for good. Remove it where it is installed.",
    ),
    releases_errors.LinkRefused: Rule(
        HTTPStatus.FORBIDDEN,
        "link_refused",
        "This link is not one of ours, or its time is over. Ask for a fresh one.",
    ),
}
