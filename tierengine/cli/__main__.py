"""`python -m tierengine.cli` is the command `tierengine`."""

from tierengine.cli import main

if __name__ == "__main__":  # the processes of a cluster load this file too
    main()
