"""Rules of pictures, whose structure is walked and whose pixels are never decoded."""
