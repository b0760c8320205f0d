"""The meter: how many distinct articles a reader or visitor has opened in a window, kept where no browser can reach it.

`windows` says which window an instant belongs to, `visitor` who a visitor is, `store` what counting promises, and
`engines.open_store` picks the engine that keeps the count: a SQLite file, PostgreSQL, Redis or memory.
"""
