"""The database: engine, transactions, columns and migrations. Knows no nouns of the product."""
