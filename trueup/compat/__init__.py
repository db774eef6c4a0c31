"""What fits with what: tables of released versions, rules over them, and a solver."""
