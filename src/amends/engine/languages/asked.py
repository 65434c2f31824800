"""What a language model answers, taken only when it is data of the shape that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_SHOWN = 200  # characters of a complaint about an answer


class NotAsAskedError(ValueError):
    """An answer that is no JSON, or not of its schema."""


def data_of(answer: str, *, schema: Mapping[str, Any]) -> Any:
    """
    Return the data of an answer.

    :raises NotAsAskedError: if it is no JSON, or not of the schema
    """
    from jsonschema import ValidationError, validate  # type: ignore[import-untyped]  # slow, and seldom needed

    text = answer.strip()
    if text.startswith("```"):  # many models cannot leave the fence away
        text = text.removeprefix("```json").strip("`").strip()
    try:
        data = json.loads(text)
    except ValueError as error:
        raise NotAsAskedError(f"no JSON: {error}") from error
    try:
        validate(data, schema)
    except ValidationError as error:
        raise NotAsAskedError(error.message[:_SHOWN]) from error
    return data
