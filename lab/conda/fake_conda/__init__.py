"""The lab's stand-in for conda: the few commands that a deploy gives, answered as a real conda 26.8.0 did.

Runs on the base's own CPython with the standard library only. What it does not know it refuses.
"""

VERSION = "26.8.0"
