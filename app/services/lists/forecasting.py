"""The forecasts of the last run: what their list shows, exceptions first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.models.demand import forecast, forecast_run
from app.models.product import product
from app.models.stock import location
from app.services.listing import Listing, Words


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """A product at a warehouse: expected grains over the horizon, a year before, errors as shares, and stock's end."""

    id: UUID
    product_id: UUID
    location_id: UUID
    sku: str
    name: str
    warehouse: str
    unit: str
    grain: int
    value_class: str
    spread_class: str
    demand_class: str
    method: str
    expected: int
    last_year: int
    wape: Decimal | None
    naive_wape: Decimal | None
    bias: Decimal | None
    runs_out_on: date | None

    @property
    def classes(self) -> str:
        """Value and spread in two letters, e.g. AX."""
        return f"{self.value_class}{self.spread_class}"

    @property
    def change(self) -> Fraction | None:
        """By what share more is expected than was wanted a year before; None where nothing was."""
        return Fraction(self.expected - self.last_year, self.last_year) if self.last_year else None


_LATEST: Final = select(forecast_run.c.id).order_by(forecast_run.c.at.desc(), forecast_run.c.id.desc()).limit(1)

FORECASTS: Final = Listing(
    name="forecasts",
    row=ForecastRow,
    source=forecast.join(product, product.c.id == forecast.c.product_id).outerjoin(
        location, location.c.id == forecast.c.location_id
    ),
    columns=(
        forecast.c.id,
        forecast.c.product_id,
        forecast.c.location_id,
        product.c.sku,
        product.c.name,
        location.c.name,
        product.c.unit,
        product.c.grain,
        forecast.c.value_class,
        forecast.c.spread_class,
        forecast.c.demand_class,
        forecast.c.method,
        forecast.c.expected,
        forecast.c.last_year,
        forecast.c.wape,
        forecast.c.naive_wape,
        forecast.c.bias,
        forecast.c.runs_out_on,
    ),
    tables=("forecast_run", "product"),
    sorts={
        "rank": forecast.c.rank,
        "sku": product.c.sku,
        "name": product.c.name,
        "runs_out_on": forecast.c.runs_out_on,
        "wape": forecast.c.wape,
        "bias": forecast.c.bias,
        "classes": forecast.c.value_class,
    },
    default_sort="rank",
    default_descending=False,
    filters={
        "value_class": lambda value: forecast.c.value_class == value,
        "spread_class": lambda value: forecast.c.spread_class == value,
        "demand_class": lambda value: forecast.c.demand_class == value,
        "out": lambda _: forecast.c.runs_out_on.is_not(None),
        "worse": lambda _: forecast.c.wape > forecast.c.naive_wape,
        "over": lambda _: forecast.c.bias > Decimal("0.2"),
        "under": lambda _: forecast.c.bias < Decimal("-0.2"),
        "product": lambda value: forecast.c.product_id == value,
    },
    search=(Words(product.c.sku, product.c.name, product.c.category),),
    where=forecast.c.run_id == _LATEST.scalar_subquery(),
)
