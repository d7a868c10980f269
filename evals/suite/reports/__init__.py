"""What a run looks like: a table on the terminal, Markdown for a CI job, JUnit XML, one page of HTML."""
