"""Rules of addresses: where a package sends people and programs."""
