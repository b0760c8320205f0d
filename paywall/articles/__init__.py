"""The catalogue: articles, access levels, schedules, import and feeds."""
