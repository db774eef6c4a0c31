"""What no longer holds, since when, and who gets told: dry plan and checks, history, report, alerts."""
