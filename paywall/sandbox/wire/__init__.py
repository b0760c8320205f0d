"""The form of questions and answers: parameters, lists, expansion, idempotency keys, the table of operations."""
