"""`python -m habeas`: the same program as `habeas`."""

from habeas.cli.main import main

main()
