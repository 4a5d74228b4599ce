"""JSON Schemas of message structs, with the sentence that stands beside each field as its description.

msgspec makes the schemas; it does not see the texts under fields, which Python keeps only in the source.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

import msgspec

Schema = dict[str, Any]


def schemas_of(types: Iterable[type[msgspec.Struct]], ref_template: str) -> dict[str, Schema]:
    """Return the schemas of structs and of all structs and enums that they are made of, by name.

    Args:
        types: the structs.
        ref_template: how one schema names another, e.g. `#/components/schemas/{name}`.
    """
    wanted = list(types)
    _, components = msgspec.json.schema_components(wanted, ref_template=ref_template)
    for schema in components.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    for struct in _with_parts(wanted):
        properties = components[struct.__name__].get("properties")
        for name, text in field_texts(struct).items():
            if properties is not None and name in properties:
                properties[name] = {"description": text, **properties[name]}
    return components


def field_texts(struct: type) -> dict[str, str]:
    """Return the text under each field of a class that has one."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(struct))).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101  (the source of a class is one)
    texts: dict[str, str] = {}
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if (
            isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            texts[field.target.id] = " ".join(text.value.value.split())
    return texts


def _with_parts(types: Iterable[type[msgspec.Struct]]) -> set[type[msgspec.Struct]]:
    """Return the structs and those that their fields are made of."""
    found: set[type[msgspec.Struct]] = set()
    pending: list[msgspec.inspect.Type] = list(msgspec.inspect.multi_type_info(types))
    while pending:
        info = pending.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls in found:
                continue
            found.add(info.cls)
            pending += [field.type for field in info.fields]
        pending += _inner(info)
    return found


def _inner(info: msgspec.inspect.Type) -> list[msgspec.inspect.Type]:
    """Return the types that a type is made of."""
    match info:
        case msgspec.inspect.UnionType(types=types) | msgspec.inspect.TupleType(item_types=types):
            return list(types)
        case msgspec.inspect.DictType(value_type=inner) | msgspec.inspect.CollectionType(item_type=inner):
            return [inner]
        case msgspec.inspect.Metadata(type=inner):
            return [inner]
        case _:
            return []
