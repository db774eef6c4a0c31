"""Record what no longer matches the declaration, since when, and notify.

Others import these modules and nothing behind them: `model` (a run's record), `store` (the history) and `report` (the
page). None is imported here, because SQLAlchemy takes longer to import than a quick run needs before its first command.
"""

__all__ = ["model", "report", "store"]
