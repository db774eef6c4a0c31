"""The declared state: typed, validated, compatible, or refused with the reasons."""
