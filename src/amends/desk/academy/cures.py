"""Whether training can cure a cause: never where it lies in product, process or message (S3.0, S3.1)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.improvements.models import Cause, Layer
from amends.desk.remedies.models import RuleTrouble

CURED: frozenset[str] = frozenset({Layer.EMPLOYEE})


def beyond_training() -> QuerySet[Cause]:
    """Return the causes that no training cures: confirmed by a person, or somebody named the rule behind them."""
    of_a_rule = Exists(RuleTrouble.objects.filter(complaint=OuterRef("complaint")))
    return Cause.objects.filter((Q(confirmed_at__isnull=False) & ~Q(layer__in=CURED)) | of_a_rule)


def confirmed_by_layer() -> dict[str, int]:
    """Count the confirmed causes of each layer."""
    confirmed = Cause.objects.filter(confirmed_at__isnull=False)
    return dict(confirmed.values_list("layer").annotate(count=Count("pk")).order_by())


def cure_words(layer: str) -> str:
    """Say plainly whether training can cure a cause of this layer."""
    return {
        Layer.EMPLOYEE: _("Training helps here."),
        Layer.CUSTOMER: _("Not a matter of training: set expectations right, and make it easier to use."),
        Layer.PRODUCT: _("Not a matter of training: the product has to change."),
        Layer.PROCESS: _("Not a matter of training: the process has to change."),
        Layer.MESSAGE: _("Not a matter of training: what is promised or told has to change."),
        Layer.THIRD_PARTY: _("Not a matter of training: talk to the third party, and tell customers the truth early."),
    }[Layer(layer)]
