"""Where files lie: in the data folder, or in an object store (AMENDS_FILES)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from amends.batch.stores import Store, UnableToName


def store(url: str) -> Store | None:
    """Read AMENDS_FILES; None where files lie in the data folder.

    :raises ImproperlyConfigured: when it is no address, or one that keys must not be sent to
    """
    if not url:
        return None
    try:
        return Store.from_url(url)
    except UnableToName as error:
        raise ImproperlyConfigured(f"AMENDS_FILES: {error}") from error


def storage(kept: Store | None) -> dict[str, Any]:
    """Return what Django's STORAGES says of files.

    :raises ImproperlyConfigured: when what speaks to a store is not installed
    """
    if kept is None:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    try:
        from botocore.config import Config
    except ImportError as error:
        raise ImproperlyConfigured("AMENDS_FILES: a store needs the package 'amends[s3]'.") from error
    how = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"total_max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path" if kept.by_path else "auto"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",  # stores other than Amazon's stumble over the newer ones
        response_checksum_validation="when_required",
    )
    return {
        "BACKEND": "amends.desk.settings.object_storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": kept.bucket,
            "location": kept.prefix,
            "endpoint_url": kept.endpoint or None,
            "region_name": kept.region or None,
            "client_config": how,
            "default_acl": None,  # as private as the bucket: the desk hands files out itself, after asking who asks
            "file_overwrite": True,  # a name is a digest: what is there is the same
        },
    }
