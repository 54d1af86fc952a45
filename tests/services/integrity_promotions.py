"""Damage to promotions; it is done to the books of tests/services/test_order_promotions.py."""

from __future__ import annotations

from app.services.integrity import Rule

PROMOTED = {
    "UPDATE coupon SET uses = 0": Rule.COUPON,
    "DELETE FROM order_coupon": Rule.COUPON,
    "UPDATE sales_order SET state = 'cancelled'": Rule.COUPON,
    "UPDATE order_promotion SET amount = -1": Rule.PROMOTION,
    "UPDATE sales_order SET promotions = 'off'": Rule.PROMOTION,
    "UPDATE order_promotion SET order_line_id = promotion_id": Rule.PROMOTION,
    "UPDATE order_promotion SET set_percent = 0": Rule.PROMOTION,
    "UPDATE promotion SET benefit = 'points'": Rule.WORD,
}
