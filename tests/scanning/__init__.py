"""Tests of the scanning room."""
