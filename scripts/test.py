"""Set everything up and run the tests: `python3 scripts/test.py [ARGUMENTS OF PYTEST]`.

It runs in the folder of the checkout and ends with the exit code of pytest.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets a sentence instead of a traceback
    sys.exit(
        "genk_geo needs Python 3.11 or newer (64 bits); this is Python "
        + sys.version.split()[0]
        + ". Start the script with a newer one, for example: python3.13 scripts/test.py"
    )

from _bootstrap import run

if __name__ == "__main__":
    run(["-m", "pytest", *sys.argv[1:]], extra="test")
