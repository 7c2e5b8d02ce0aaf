"""The rights that a token may have."""

ALL = ("read", "purchase", "download", "sell", "org", "account")
# What finding, buying (within a spend policy) and installing need; the person may grant less.
DEFAULT = ("read", "purchase", "download")
