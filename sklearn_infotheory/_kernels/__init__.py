"""Fast loops on plain arrays: no classes, no validation, no scikit-learn.

Every kernel releases the GIL, so that threads scale, and is cached on disk, so that a machine
compiles it once. The slow twin of each stands in ``tests/naive.py``. Only this package imports
numba, and the layers above import its modules when a kernel is first needed.
"""
