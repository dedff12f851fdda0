"""The policy lab: tests as data, proofs, questions about one dossier, and what a change of the rules would do."""
