"""What proves the checks and the writer: letters, cases and measurements. It imports the package; the package knows nothing of it."""
