"""The words every other room uses: outcome, level, tier, citation, interval of dates, typed text."""
