"""The eval suite: cases in, drafts recorded, each letter scored by every check, a gate over the scores, reports.

cases, references   the data, read                           no model, no scores
drafting            the letters, recorded as they come       the only part that asks a model
marks, alike        one letter's scores; a set's sameness    pure
task                scoring as a task of Inspect AI          the only part that imports it, with `results`
results             a finished run, read back                what gate, compare and the reports stand on
stats, gate, compare, reports
"""
