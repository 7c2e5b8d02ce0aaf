"""`python -m mog_cli` is `mog`."""

import sys

from mog_cli.main import main

sys.exit(main())
