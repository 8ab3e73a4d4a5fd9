"""Questions to stores of vectors, from raw source: retrievers of frameworks, and queries that code writes itself."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.sources.files import tree_of

CALL = """
import boto3

bedrock = boto3.client("bedrock-runtime")


def ask(question, vector):
    found = {}
    messages = [{{"role": "user", "content": [{{"text": found}}]}}]
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
"""
SCRIPT = """
import {{ BedrockRuntimeClient, ConverseCommand }} from "@aws-sdk/client-bedrock-runtime";
const bedrock = new BedrockRuntimeClient({{}});
export const handler = async (event) => {{
  const vector = event.vector;
  const found = {};
  const messages = [{{ role: "user", content: [{{ text: found }}] }}];
  return bedrock.send(new ConverseCommand({{ modelId: "amazon.nova-lite-v1:0", messages }}));
}};
"""


def found(path: str, text: str) -> list[RetrievalCall]:
    resources = collect_repository(tree_of({path: text}), {}).resources
    return [r.value for r in resources if isinstance(r.value, RetrievalCall)]


@pytest.mark.parametrize(
    ("query", "api", "count"),
    [
        ("store.as_retriever()", "as_retriever", None),
        ('store.as_retriever(search_kwargs={"k": 4})', "as_retriever", 4),
        ("index.as_retriever(similarity_top_k=3)", "as_retriever", 3),
        ("index.as_query_engine(similarity_top_k=3)", "as_query_engine", 3),
        ("index.as_chat_engine()", "as_chat_engine", None),
        ('kendra.retrieve(IndexId="I", QueryText=question, PageSize=7)', "retrieve", 7),
        ('kendra.query(IndexId="I", QueryText=question)', "query", None),
        ('vectors.query_vectors(indexName="i", queryVector=vector, topK=5)', "query_vectors", 5),
    ],
)
def test_a_retriever_of_python(query: str, api: str, count: int | None) -> None:
    (call,) = found("app.py", CALL.format(query))
    assert (call.api, call.top_k, call.knowledge_base, call.filter_source) == (api, count, None, "none")


def test_the_filter_of_a_retriever_is_followed() -> None:
    (call,) = found("app.py", CALL.format('store.as_retriever(search_kwargs={"filter": {"team": "a"}})'))
    assert call.filter_source == "constant"


def test_a_retriever_that_is_asked_counts_once() -> None:
    query = "store.as_retriever()\n    found = found.get_relevant_documents(question)"
    assert [call.api for call in found("app.py", CALL.format(query))] == ["as_retriever"]
    base = query.replace("store.as_retriever", "AmazonKnowledgeBasesRetriever")
    assert [call.api for call in found("app.py", CALL.format(base))] == ["AmazonKnowledgeBasesRetriever"]
    assert [call.api for call in found("app.py", CALL.format("other.get_relevant_documents(question)"))] == [
        "get_relevant_documents"
    ]


@pytest.mark.parametrize(
    ("query", "api"),
    [
        ('search.search(index="i", body={"query": {"knn": {"v": {"vector": vector, "k": 5}}}})', "knn"),
        ('search.search(knn={}, body={"knn": {"field": "v", "query_vector": vector, "k": 5}})', "knn"),
        ('docs.aggregate([{"$vectorSearch": {"index": "i", "queryVector": vector}}])', "$vectorSearch"),
        ('db.execute("SELECT body FROM items ORDER BY v <=> %s LIMIT 5", (vector,))', "pgvector"),
        ('db.execute(f"SELECT body FROM items ORDER BY v <-> {vector} LIMIT 5")', "pgvector"),
    ],
)
def test_a_query_that_python_writes_itself(query: str, api: str) -> None:
    assert [call.api for call in found("app.py", CALL.format(query))] == [api]


@pytest.mark.parametrize(
    "query",
    [
        'search.create(index="i", body={"settings": {"index": {"knn": True}}})',
        'search.create(index="i", body={"knn": {"type": "knn_vector", "dimension": 1024}})',
        '"Client <-> Server: hello"',
        'db.execute("SELECT a <=> b FROM versions")',
        "articles.query(Key=question)",
    ],
)
def test_what_asks_no_store_of_vectors_in_python(query: str) -> None:
    assert found("app.py", CALL.format(query)) == []


@pytest.mark.parametrize(
    ("query", "api", "count"),
    [
        ("store.asRetriever()", "as_retriever", None),
        ("store.asRetriever({ k: 4 })", "as_retriever", 4),
        ("index.asRetriever({ similarityTopK: 3 })", "as_retriever", 3),
    ],
)
def test_a_retriever_of_typescript(query: str, api: str, count: int | None) -> None:
    (call,) = found("app.ts", SCRIPT.format(query))
    assert (call.api, call.top_k, call.filter_source) == (api, count, "none")


@pytest.mark.parametrize("query", ['store.asRetriever({ filter: "team-a" })', 'store.asRetriever(4, "team-a")'])
def test_the_filter_of_a_retriever_of_typescript_is_followed(query: str) -> None:
    assert [call.filter_source for call in found("app.ts", SCRIPT.format(query))] == ["constant"]


@pytest.mark.parametrize(
    ("query", "api"),
    [
        ("await search.search({ body: { query: { knn: { v: { vector, k: 5 } } } } })", "knn"),
        ("await docs.aggregate([{ $vectorSearch: { index: 'i', queryVector: vector } }])", "$vectorSearch"),
        ("await db.query(`SELECT body FROM items ORDER BY v <=> ${vector} LIMIT 5`)", "pgvector"),
        ("await db.query('SELECT body FROM items ORDER BY v <=> $1 LIMIT 5', [vector])", "pgvector"),
    ],
)
def test_a_query_that_typescript_writes_itself(query: str, api: str) -> None:
    assert [call.api for call in found("app.ts", SCRIPT.format(query))] == [api]


def test_a_distance_that_drizzle_writes() -> None:
    text = SCRIPT.format("await db.select().orderBy(cosineDistance(items.v, vector))")
    assert [call.api for call in found("app.ts", f'import {{ cosineDistance }} from "drizzle-orm";{text}')] == [
        "pgvector"
    ]
    assert found("app.ts", f'import {{ cosineDistance }} from "./maths";{text}') == []


@pytest.mark.parametrize("query", ["await search.create({ settings: { knn: true } })", "`A <-> B: hello`"])
def test_what_asks_no_store_of_vectors_in_typescript(query: str) -> None:
    assert found("app.ts", SCRIPT.format(query)) == []
