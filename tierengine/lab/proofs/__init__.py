"""What is proved of the rulebook, and what a broken proof shows: the smallest country, as a dossier."""
