"""Figures about the whole of a company: sales, operations, receivables, inventory.  Nothing is written to the books."""
