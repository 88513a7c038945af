"""GraphQL documents at the limits and beyond them."""

from __future__ import annotations

from graphql import get_introspection_query

from kili_emulator.api.graphql_document_limits import (
    MAX_CHARACTERS,
    MAX_DEFINITIONS,
    MAX_FIELDS,
    MAX_NESTING,
    MAX_REPETITIONS,
    MAX_TOKENS,
)


def _nested(*around: str, times: int, inside: str = "id") -> str:
    return "{".join([*around, ""]) * times + inside + "}" * len(around) * times


def _fragments(count: int, selects: str, of: str = "User") -> str:
    """Build fragments f0, f1, …; in their selections, # is the own number and + the next number."""
    return "".join(
        f"fragment f{at} on {of}{{{selects.replace('#', str(at)).replace('+', str(at + 1))}}} "
        for at in range(count)
    )


def _spread(count: int) -> str:
    return "".join(f"...f{at} " for at in range(count))


_MANY = MAX_DEFINITIONS - 1
_WIDE = "".join(f"a{at}:email " for at in range(100))
_INTROSPECTION = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)

# Valid, however much work they make for validation within the limits.
ACCEPTED = {
    "full introspection": _INTROSPECTION,
    "introspection of a type of a type": "{__schema{types{fields{type{fields{name}}}}}}",
    "a field many times": "{me{" + "id " * MAX_REPETITIONS + "}}",
    "an object many times": "{" + "me{email}" * MAX_REPETITIONS + "}",
    "a wide object many times": "{" + f"me{{{_WIDE}}}" * MAX_REPETITIONS + "}",
    "many objects": "{" + "".join(f"a{at}:me{{id}}" for at in range(MAX_FIELDS // 2)) + "}",
    "many fields, each many times": "{me{" + _WIDE * MAX_REPETITIONS + "}}",
    "many fragments": "{me{" + _spread(_MANY) + "}}" + _fragments(_MANY, "a#:id b#:id c#:id"),
    "a long comment": "{me{id}}#" + "x" * (MAX_CHARACTERS - 9),
    "many operations": "".join(f"query q{at}{{me{{id}}}}" for at in range(MAX_DEFINITIONS)),
}

# Refused, each with a part of the message.
REFUSED = {
    "many characters": (
        "{me{email}}" + " " * 3_000_000,
        f"has 3000011 characters, more than the limit of {MAX_CHARACTERS}",
    ),
    "20,000 objects": ("{" + "me{id}" * 15_000 + "}", f"more than {MAX_TOKENS} tokens"),
    "an object 2,000 times": (
        "{" + "me{id}" * 1_500 + "}",
        f'selects "me" more than {MAX_REPETITIONS} times in one place',
    ),
    "a field through fragments": (
        "{me{" + _spread(MAX_REPETITIONS + 1) + "}}" + _fragments(MAX_REPETITIONS + 1, "id"),
        f'selects "id" more than {MAX_REPETITIONS} times in one place',
    ),
    "fragments of doubling size": (
        "{__schema{queryType{...f0}}}"
        + _fragments(12, "a:ofType{...f+}b:ofType{...f+}", of="__Type")
        + "fragment f12 on __Type{name}",
        f"selects more than {MAX_FIELDS} fields",
    ),
    "many fields": (
        "{" + "".join(f"a{at}:__typename " for at in range(MAX_FIELDS + 1)) + "}",
        f"selects more than {MAX_FIELDS} fields",
    ),
    "many fragments": (
        "{me{" + _spread(MAX_DEFINITIONS) + "}}" + _fragments(MAX_DEFINITIONS, "a#:id"),
        f"101 operations and fragments, more than the limit of {MAX_DEFINITIONS}",
    ),
    "many unknown fragments": (
        "{me{" + _spread(2_500) + "}}",
        f"uses more than {MAX_DEFINITIONS} different fragments in one place",
    ),
    "fragments in fragments": (
        "{me{...f0}}"
        + _fragments(40, "a#:organization{b:users{...f+}}")
        + "fragment f40 on User{id}",
        "which is the limit: ask for less at once",
    ),
    "a fragment in itself": (
        "{me{...f0}}fragment f0 on User{organization{users{...f0}}}",
        'Cannot spread fragment "f0" within itself.',
    ),
    "circular fragments": (
        "{me{...f0}}" + _fragments(20, "a#:id ...f+") + "fragment f20 on User{...f0}",
        'Cannot spread fragment "f0" within itself',
    ),
    "deep fields": (
        "{__schema{queryType{" + _nested("ofType", times=40, inside="name") + "}}}",
        "selects fields more than 30 levels deep",
    ),
    "deep brackets": (
        "{me(a:" + "[" * MAX_NESTING,
        f"more than {MAX_NESTING} levels of brackets",
    ),
    "a deep type": ("query($a:" + "[" * 900 + "Int" + "]" * 900 + "){me{id}}", "nested too deeply"),
    "introspection of types of types of types": (
        "{__schema{types{" + _nested("fields", "type", times=3, inside="name") + "}}}",
        'selects the list "__Type.fields" inside itself more than 2 times',
    ),
    "assets of projects of assets": (
        "query($w:ProjectWhere!){projects(where:$w,first:1,skip:0){"
        + _nested("dataset", "project", times=3)
        + "}}",
        'selects the list "Project.dataset" inside itself more than 2 times',
    ),
    "a number of many digits": (
        "query($w:ProjectWhere!){projects(where:$w,first:1,skip:" + "1" * 5_000 + "){id}}",
        "A number in the document has more than 100 characters",
    ),
    "unknown fields": (
        "{me{" + "".join(f"emaiq{at} " for at in range(2_900)) + "}}",
        'Cannot query field "emaiq0" on type "User". Did you mean "email"?',
    ),
    "a directive many times": (
        "{me{id " + "@include(if: true)" * 1_400 + "}}",
        'The directive "@include" can only be used once at this location.',
    ),
    "unknown directives": (
        "{me{id " + "".join(f"@incluse{at} " for at in range(4_900)) + "}}",
        'Unknown directive "@incluse0".',
    ),
    "unknown arguments of a directive": (
        "{me{id @include(" + "".join(f"i{at}: 1 " for at in range(3_000)) + ")}}",
        'Unknown argument "i0" on directive "@include".',
    ),
    "a member of an input many times": (
        "{assets(where: {" + "id: 1 " * 3_000 + "}, first: 1, skip: 0){id}}",
        'There can be only one input field named "id".',
    ),
    "unknown members of an input": (
        "{assets(where: {"
        + "".join(f"externalIe{at}: 1 " for at in range(3_000))
        + "}, first: 1, skip: 0){id}}",
        'Field "externalIe0" is not defined by type "AssetWhere".',
    ),
    "unknown values of an enum": (
        "{assets(where: {statusIn: ["
        + "".join(f"TODU{at} " for at in range(8_000))
        + "]}, first: 1, skip: 0){id}}",
        'Value "TODU0" does not exist in "Status" enum.',
    ),
    "variables of unknown types": (
        "query(" + "".join(f"$v{at}: AssetWheer{at} " for at in range(2_400)) + "){me{id}}",
        'Unknown type "AssetWheer0".',
    ),
    "unused variables": (
        "query(" + "".join(f"$v{at}:Int " for at in range(2_400)) + "){me{id}}",
        'Variable "$v0" is never used.',
    ),
    "many arguments": (
        "{" + f"me({''.join(f'a{at}:1 ' for at in range(100))}){{id}}" * MAX_REPETITIONS + "}",
        'Unknown argument "a0" on field "Query.me".',
    ),
}
