"""Set Waybill up and start it, with nothing but Python on the machine.

    python start.py            the window (where there is no display: the tour)
    python start.py tour       drive the window through a whole sale; pictures and papers go to ./tour
    python start.py test       install what the tests need and run them all
    python start.py gates      every gate a change has to pass
    python start.py WORD ...   any other word goes to Waybill itself, as in: python start.py import FILE

This file is written so that even a very old Python can read it and say what is missing; the work is in tools/launch.py.
"""

import sys

OLDEST = (3, 11)


def main():  # type: () -> int
    """Start, or say which Python is needed.  Gives the exit code."""
    if sys.version_info[:2] < OLDEST:
        sys.stderr.write(
            "Waybill needs Python %d.%d or newer; this is Python %s (%s).\n"
            "Nothing was changed. Install a newer Python from python.org or your system's packages and run\n"
            "start.py with it, for example: python3.12 start.py\n" % (OLDEST + (sys.version.split()[0], sys.executable))
        )
        return 2
    from tools import launch

    return launch.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
