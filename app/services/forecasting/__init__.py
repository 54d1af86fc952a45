"""Forecasts of demand from its history: numpy arrays in, numpy arrays out, no database and no window.

A *history* is a float array ``(series, periods)``, oldest period first, of quantities in any unit; every function says
the shapes it takes and gives.  Statistics are floats here and nowhere else: what is written to the books from them is
rounded to exact numbers at one place.  The modules import numpy when they are imported, so the window imports them
where a forecast is first needed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrices are multiplied here: more threads would only wait
