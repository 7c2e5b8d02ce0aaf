"""How the sign-in library's second factors are bent to our rules."""

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.second_factors import encryption


class EncryptingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library ships no types
    """Keeps what the library stores of a secret unreadable without the operator's keys."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it may be stored."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret; raises SecretUnreadable."""
        return encryption.decrypt(encrypted_text)
