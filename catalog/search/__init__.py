"""Find listings by words and filters, at a cost that does not grow with the shelf."""
