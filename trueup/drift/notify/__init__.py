"""Who gets told: one message for each step of an alert, through apprise."""
