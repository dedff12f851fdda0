"""What a change of the rules would do: its proved direction, and the cases that it moves."""
