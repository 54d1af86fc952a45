"""Promotions as they are set up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.errors import Conflict
from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.services import promotions
from app.services.promotions import PromotionRules
from tests.desk import Desk
from tests.races import overtaken


def test_of_two_clerks_who_change_a_promotion_at_the_same_moment_the_second_is_told(database):
    desk = Desk(database).found()
    new = PromotionRules("P", "Spring offer", Benefit.PERCENT, Target.ORDER, (Step(figure=Decimal(10)),))
    key = desk.do("promotion.save", lambda tx: promotions.save(tx, new))
    seen = desk.read(lambda connection: promotions.get(connection, key))
    assert seen == replace(new, id=key)
    twenty = replace(seen, steps=(Step(figure=Decimal(20)),))
    with pytest.raises(Conflict, match="the promotion P"):
        overtaken(
            desk,
            lambda tx: promotions.save(tx, twenty, seen=seen),
            lambda tx: promotions.save(tx, replace(seen, priority=1), seen=seen),
        )
    assert desk.read(lambda connection: promotions.get(connection, key)) == twenty
