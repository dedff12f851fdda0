"""The words every other package uses: outcome, level, tier, citation, interval of dates, typed text."""
