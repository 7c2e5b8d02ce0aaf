"""What a package can do, and what it says that it does."""
