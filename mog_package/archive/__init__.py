"""Reading a zip in three layers, none of which relies on the one before it having been kind.

`framing` judges records, `names` names and types, `contents` the real bytes. The standard
library's `zipfile` is used for none of them: it opens what others refuse, and differently.
"""
