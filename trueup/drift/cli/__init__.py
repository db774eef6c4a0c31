"""The commands of drift: drift, heal, history, report, schedule."""
