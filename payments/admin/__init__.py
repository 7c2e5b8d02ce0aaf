"""This room in the admin: to look at, and to retry, refund, cancel and freeze."""

from payments.admin import disputing, refunding, rows

__all__ = ["disputing", "refunding", "rows"]
