"""Many briefs in, many letters out: every row accounted for, none sent twice without need."""
