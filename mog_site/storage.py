"""Where files live: below `var/`, or in an S3 bucket when one is named."""

from pathlib import Path
from typing import Any

from mog_site import env

# A signed link opens a file for this many seconds.
LINK_SECONDS = 300
# Above what anybody may upload, below the 5 GB that S3 takes in one piece.
_STREAMED_BYTES = 128 * 1024 * 1024


def from_environment(files: Path, *, is_production: bool) -> dict[str, dict[str, Any]]:
    """Return Django's STORAGES. files: the folder used without a bucket."""
    statics = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {
        "default": _bucket() if env.text("S3_BUCKET", "") else _folder(files),
        "staticfiles": {"BACKEND": statics if is_production else plain},
    }


def _folder(files: Path) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": files, "file_permissions_mode": 0o600},
    }


def _bucket() -> dict[str, Any]:
    # Here, because a site without a bucket need not carry the library: 20 MB in each process.
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 (as above)

    encryption = env.text("S3_ENCRYPTION", "")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.text("S3_BUCKET"),
            "access_key": env.text("S3_ACCESS_KEY", None),
            "secret_key": env.text("S3_SECRET_KEY", None),
            "endpoint_url": env.text("S3_ENDPOINT_URL", None),
            "region_name": env.text("S3_REGION", "us-east-1"),
            "addressing_style": env.text("S3_ADDRESSING_STYLE", "path"),
            # Without it boto3 signs links for other endpoints by version 2, which few accept.
            "signature_version": "s3v4",
            "querystring_auth": True,
            "querystring_expire": LINK_SECONDS,
            "file_overwrite": False,
            # An upload of the largest kind goes in one stream from disk; in parts it would be in
            # memory, several at a time.
            "transfer_config": TransferConfig(
                multipart_threshold=_STREAMED_BYTES, use_threads=False
            ),
            "default_acl": None,
            "object_parameters": {"ServerSideEncryption": encryption} if encryption else {},
        },
    }
