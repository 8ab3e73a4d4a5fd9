"""Queries that code writes itself for a store of vectors: nearest neighbours in OpenSearch, MongoDB and PostgreSQL."""

from __future__ import annotations

import re

from prodworks_cli.model import Unknown

KNN, ATLAS, SQL = "knn", "$vectorSearch", "pgvector"
# Keys of an object that is a query, with a key that tells the query from the settings of an index.
KEYS = {KNN: ("vector", "query_vector", "query_vector_builder"), ATLAS: ("queryVector", "path", "index")}
WORDS = (b"knn", b"$vectorSearch", b"<=>", b"<->", b"<#>")
# Distance operators of pgvector, between a column and a value that is given.
COMPARES = re.compile(r"""(?:<=>|<->|<#>|<\+>)\s*(?:%s|%\(|\$\d|\$\{|:\w|\?|'\[|\{|\(?\s*(?:CAST|SELECT)\b)""")
FILTER = Unknown("the filter of a query that the code writes itself is not read by this version")
