"""SEPA Direct Debit: a method whose payments are on their way for days before one knows."""
