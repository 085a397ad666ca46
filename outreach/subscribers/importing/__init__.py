"""Bring in a list of people who said yes elsewhere: look at each line first, then write.

Running it again is harmless, and nobody who left comes back.
"""

from outreach.subscribers.importing.beginning import Promise, begin, confirm, drop, lay_out, over
from outreach.subscribers.importing.reporting import faults, report_csv
from outreach.subscribers.importing.working import import_some

__all__ = ["Promise", "begin", "confirm", "drop", "faults", "import_some", "lay_out", "over", "report_csv"]
