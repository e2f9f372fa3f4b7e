"""``python -m multigrad``: the command line."""

import sys

from multigrad.command_line import main

if __name__ == "__main__":
    sys.exit(main())
