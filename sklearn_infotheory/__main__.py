"""Run the command line: ``python -m sklearn_infotheory drift ...``."""

from sklearn_infotheory._cli import main

raise SystemExit(main())
