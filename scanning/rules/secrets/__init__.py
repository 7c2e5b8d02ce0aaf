"""Secrets that were packed by mistake. Each pattern names the page of its provider."""
