"""What runs in the sandbox to show files to people; no verdict depends on it."""
