"""What can go wrong around the program, as a table: `python tests/faults` runs it all and writes docs/faults.md."""
