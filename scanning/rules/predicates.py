"""Last looks at what a pattern met, by the name under which a rule asks for one (`check:`)."""

from collections.abc import Callable, Mapping

from scanning.rules import (
    filled_addresses,
    installers,
    likely_secrets,
    mail_addresses,
    package_names,
    tokens,
)

Predicate = Callable[[bytes], bool]

BY_NAME: Mapping[str, Predicate] = {
    "mog-token": tokens.is_mog_token,
    "checked-token": tokens.is_checked_token,
    "discord-bot": tokens.names_a_bot,
    "service-role": tokens.is_service_role,
    "signed-token": tokens.is_signed_token,
    "named-secret": likely_secrets.is_named_secret,
    "drawn-word": likely_secrets.is_drawn_word,
    "drawn": likely_secrets.is_quoted_secret,
    "password": likely_secrets.is_password,
    "strong-password": likely_secrets.is_strong_password,
    "basic-login": likely_secrets.is_basic_login,
    "byte-array": likely_secrets.is_byte_array,
    "seed-phrase": likely_secrets.is_seed_phrase,
    "unknown-installer": installers.is_unknown,
    "unknown-repository": installers.is_unknown_repository,
    "real-mail-address": mail_addresses.is_real,
    "anybodys-installer": installers.is_anybodys,
    "nearly-known-package": package_names.is_nearly_known,
    "unfilled-image": filled_addresses.is_unfilled,
}
