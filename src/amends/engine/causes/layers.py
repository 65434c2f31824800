"""Where a complaint comes from: six layers, and a first tree of themes that an organisation may grow."""

from __future__ import annotations

from typing import Final, Literal

from amends.engine.languages.wording import N_

Layer = Literal["employee", "customer", "product", "process", "message", "third-party"]
Group = Literal["employee", "customer", "organisation", "third-party"]

LAYERS: Final[tuple[Layer, ...]] = ("employee", "customer", "product", "process", "message", "third-party")

# What was delivered as planned, with a bad surprise inside (S3.1).
ORGANISATION: Final[frozenset[Layer]] = frozenset({"product", "process", "message"})

_NAMES: Final[dict[str, str]] = {
    "employee": N_("Employee"),
    "customer": N_("Customer's expectation or use"),
    "product": N_("Product"),
    "process": N_("Process"),
    "message": N_("Message"),
    "third-party": N_("Third party"),
    "organisation": N_("Product, process and message"),
}

THEMES: Final[dict[str, tuple[Layer, str]]] = {
    "rudeness": ("employee", N_("Rude or careless words")),
    "neglect": ("employee", N_("Not attended to")),
    "slip": ("employee", N_("A slip of an employee")),
    "wrong-advice": ("employee", N_("Wrong information from an employee")),
    "unkept-word": ("employee", N_("An employee's word not kept")),
    "own-slip": ("customer", N_("The customer's own slip")),
    "misuse": ("customer", N_("Wrong use")),
    "unread": ("customer", N_("Instructions or terms not read")),
    "expectation": ("customer", N_("An expectation that we did not cause")),
    "defect": ("product", N_("Broken or faulty")),
    "weak": ("product", N_("Does not last, or does little")),
    "software": ("product", N_("App, site or software")),
    "network": ("product", N_("Connection or network")),
    "taste-and-fit": ("product", N_("Taste, size or comfort")),
    "waiting": ("process", N_("Kept waiting")),
    "passing-around": ("process", N_("Passed around")),
    "unreachable": ("process", N_("Nobody to be reached")),
    "late": ("process", N_("Late, or not delivered")),
    "wrong-delivery": ("process", N_("The wrong or an incomplete thing delivered")),
    "billing": ("process", N_("Billing and payment")),
    "refund": ("process", N_("Refunds, returns and cancelling")),
    "rules": ("process", N_("Rules, forms and fees")),
    "booking": ("process", N_("Appointments and bookings")),
    "advertising": ("message", N_("What advertising promised")),
    "price-label": ("message", N_("Price told otherwise")),
    "small-print": ("message", N_("Contract and small print")),
    "description": ("message", N_("Description on site or package")),
    "sales-talk": ("message", N_("What sales promised")),
    "courier": ("third-party", N_("Courier or post")),
    "supplier": ("third-party", N_("Supplier, maker or partner")),
    "bank": ("third-party", N_("Bank or payment provider")),
    "authority": ("third-party", N_("Authority or customs")),
    "circumstances": ("third-party", N_("Weather, strike or power cut")),
}


# Of these a failure of the plan itself; all others of the organisation's layers were delivered as planned (S3.1).
AGAINST_THE_PLAN: Final[tuple[str, ...]] = ("defect", "late", "wrong-delivery", "network")


def group_of(layer: Layer) -> Group:
    """Return the group whose share is held against 20 / 20–30 / about 60; third parties stand apart."""
    return "organisation" if layer in ORGANISATION else layer  # type: ignore[return-value]


def layer_name(name: str) -> str:
    """Return the marked English name of a layer or group."""
    return _NAMES[name]


def theme_name(theme: str) -> str:
    """Return the marked English name of a theme."""
    return THEMES[theme][1]
