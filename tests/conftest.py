"""Settings that must hold before scipy and matplotlib are imported."""

import os

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # else scikit-learn skips some of its checks
os.environ.setdefault("MPLBACKEND", "Agg")
