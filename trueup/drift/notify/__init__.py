"""Who gets told: one message for each step of an incident, through apprise."""
