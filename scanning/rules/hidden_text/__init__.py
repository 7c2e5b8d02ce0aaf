"""Rules of text that people do not see and programs read."""
