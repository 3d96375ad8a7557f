"""Set everything up and make the demo maps: `python3 scripts/demo.py [--lang en] [--out FOLDER]`.

What follows the name of the script goes to `genk-geo demo`. It runs in the folder of the checkout.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets a sentence instead of a traceback
    sys.exit(
        "genk_geo needs Python 3.11 or newer (64 bits); this is Python "
        + sys.version.split()[0]
        + ". Start the script with a newer one, for example: python3.13 scripts/demo.py"
    )

from _bootstrap import run

if __name__ == "__main__":
    run(["-m", "genk_geo", "demo", *sys.argv[1:]])
