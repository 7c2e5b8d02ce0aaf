"""The payment provider's stand-in for development and tests: a process of its own, no Django.

What it speaks, which faults it makes on demand and how to steer it: `docs/payments.md`.
"""
