"""`python -m klexact` is `klexact`."""

from klexact.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="klexact")
