"""The shape of what comes in and goes out: pydantic models that take nothing they don't know and convert nothing."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from paywall.web.problems import BadFields, FieldError

_LONGEST_NAME = 100
TIME_SENTENCE = "Give a time such as 2026-11-27T08:30:00Z."
_FLAGS = ("true", "false")
_SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "string_type": "Give text.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "int_type": "Give a whole number.",
    "int_parsing": "Give a whole number.",
    "list_type": "Give a list.",
    "model_type": "Give an object.",
    "dict_type": "Give an object.",
    "datetime_type": TIME_SENTENCE,
    "datetime_parsing": TIME_SENTENCE,
    "datetime_from_date_parsing": TIME_SENTENCE,
}


class ApiModel(BaseModel):
    """A shape of the interface: camelCase outside, no unknown fields, no conversions, never changed."""

    sentences: ClassVar[Mapping[str, str]] = {}
    """What to say where a field, by its name outside, is not spelled as its pattern has it."""
    flags: ClassVar[tuple[str, ...]] = ()
    """Fields that must be `true` or `false` in a query, too: neither `1` nor `no`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


Model = TypeVar("Model", bound=ApiModel)


def from_json(shape: type[Model], data: Mapping[str, Any]) -> Model:
    """Return `data` in that shape; raises BadFields naming every field that does not fit."""
    try:
        return cast(Model, shape.__pydantic_validator__.validate_python(data, by_alias=True, by_name=False))
    except ValidationError as error:
        raise _bad_fields(error, shape) from error


def from_query(shape: type[Model], data: dict[str, Any]) -> Model:
    """Return the parameters of a query in that shape: all values are text, true and false are spelled so."""
    for name in shape.flags:
        if data.get(name, "true") not in _FLAGS:
            raise BadFields([FieldError(name, _SENTENCES["bool_parsing"])])
    try:
        return cast(Model, shape.__pydantic_validator__.validate_strings(data, by_alias=True, by_name=False))
    except ValidationError as error:
        raise _bad_fields(error, shape) from error


def _bad_fields(error: ValidationError, shape: type[ApiModel]) -> BadFields:
    return BadFields(
        FieldError(_name(one["loc"]), _SENTENCES.get(one["type"]) or _spelling(one, shape) or _sentence(one["msg"]))
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _name(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:_LONGEST_NAME] for part in place) or "body"


def _spelling(error: ErrorDetails, shape: type[ApiModel]) -> str | None:
    """Return what that shape has to say of a value that does not fit a pattern."""
    is_spelling = error["type"] in ("string_pattern_mismatch", "string_too_short", "string_too_long")
    return shape.sentences.get(str(error["loc"][-1])) if is_spelling and error["loc"] else None


def _sentence(message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return plain if plain.endswith(".") else f"{plain}."
