"""`python -m api.cli` is `meg`."""

from api.cli import main

main()
