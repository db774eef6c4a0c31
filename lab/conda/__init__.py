"""The lab's stand-ins for Anaconda's installer and for conda, and the real channel that they install from."""
