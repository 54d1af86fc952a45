"""Waybill: sales orders from quote to cash, on one desk or in many branches."""

__version__ = "0.1.0"
