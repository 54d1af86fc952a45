"""How a product may be had: ways of supply with prices, bills of materials and routes, where it is used."""
