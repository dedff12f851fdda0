"""`python -m tierengine.cli` is the command `tierengine`."""

from tierengine.cli import run

if __name__ == "__main__":  # the processes of a cluster load this file too
    run()
