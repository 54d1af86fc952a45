"""The parts screens are put together from; they know no service and no database."""
