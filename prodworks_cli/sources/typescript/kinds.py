"""Kinds of nodes in the syntax of TypeScript and JavaScript, and which of them are asked for one after the other."""

from __future__ import annotations

FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function"}
    | {"generator_function_declaration"}
)
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
BLOCKS = FUNCTIONS | {
    *("program", "statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_case"),
    *("switch_default", "class_static_block"),
}
DECLARING = ("variable_declarator", "for_in_statement", "catch_clause")
DEFINING = ("enum_declaration", "function_declaration", "generator_function_declaration", *sorted(CLASSES))
ASSIGNING = ("assignment_expression", "augmented_assignment_expression")
# How a function gives a value.
LEAVES = ("return_statement", "yield_expression")
# What names mean in a file, what it calls, and what its functions hold: asked of nearly each.
_SHAPE = (
    *("import_statement", "export_statement", *DECLARING, *DEFINING, *ASSIGNING, *LEAVES),
    *("call_expression", "new_expression", "function_expression", "arrow_function", "method_definition"),
    *("generator_function", "while_statement", "do_statement", "for_statement"),
)
# What is read and written around a call.
_PARTS = (
    *("member_expression", "subscript_expression", "shorthand_property_identifier_pattern", "pair_pattern"),
    *("binary_expression", "pair", "string"),
)
_NAMES = ("identifier", "property_identifier", "string_fragment", "type_identifier", "template_string")
_PAGES = ("jsx_attribute", "jsx_self_closing_element", "jsx_opening_element")
# What has a body of its own.
NESTED = (*sorted(FUNCTIONS), *sorted(CLASSES))
# Wrappers that leave the value as it is; the value is the first named child.
TRANSPARENT = frozenset(
    {"await_expression", "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)
TOGETHER = (_SHAPE, _PARTS, _NAMES, _PAGES)
