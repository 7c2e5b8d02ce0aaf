"""Whether the bytes of a package are safe; knows digests, and no release or listing."""
