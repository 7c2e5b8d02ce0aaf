"""The open rules: what is looked for, how grave it is, what a seller can do about it."""
