"""`python -m amends.cli`: the same program, for parts that start each other."""

from amends.cli import main

main()
