"""The dashboard: revenue and its movements, subscribers, trials, payments, cohorts; each with its definition."""
