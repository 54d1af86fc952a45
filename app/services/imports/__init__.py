"""Bringing in customers, products, orders and stock from files of other programs."""
