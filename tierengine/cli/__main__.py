"""`python -m tierengine.cli` is the command `tierengine`."""

from tierengine.cli import main

main()
