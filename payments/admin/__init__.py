"""This room in the admin: to look at, and to retry, refund and cancel."""

from payments.admin import refunding, rows

__all__ = ["refunding", "rows"]
