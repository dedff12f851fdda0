"""The policy lab: the examples of the rulebook as tests."""
