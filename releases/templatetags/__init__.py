"""What templates of this room may call beyond Django's own tags."""
