"""The page at `/docs`: what can be asked, with examples; made here, since nothing is fetched."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_TEMPLATE = Path(__file__).parent / "reference.html"
_METHODS = ("get", "post", "delete")


def add_reference(app: FastAPI) -> None:
    """Serve the page of `app`'s own OpenAPI document, which is at `/openapi.json`."""

    @app.get("/docs", include_in_schema=False)
    async def reference() -> HTMLResponse:
        return HTMLResponse(reference_page(app.openapi()))


def reference_page(document: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    from jinja2 import Environment

    template = _TEMPLATE.read_text(encoding="utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
    return page.render(info=document["info"], operations=_operations(document))


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    schemas = document["components"]["schemas"]
    return [
        {
            "method": method.upper(),
            "path": path,
            "about": operation.get("description", ""),
            "fields": _fields(operation, schemas),
            "sent": _pretty(_sent(operation, schemas)),
            "got": _pretty(_got(operation)),
        }
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]


def _schema(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is sent; of several, the first."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    reference = schema.get("$ref") or next((o.get("$ref") for o in schema.get("anyOf", ())), "")
    found: dict[str, Any] = schemas.get(str(reference).rpartition("/")[2], {})
    return found


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The name, the kind and the meaning of each field that is sent."""
    schema = _schema(operation, schemas)
    needed = schema.get("required", ())
    return [
        (name, "required" if name in needed else "optional", field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _sent(operation: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The example of what is sent: the schema's own, or of the fields that have one."""
    schema = _schema(operation, schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    fields = schema.get("properties", {}).items()
    return {name: field["examples"][0] for name, field in fields if field.get("examples")}


def _got(operation: dict[str, Any]) -> Any:
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    return content.get("application/json", {}).get("example")


def _pretty(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2) if example else ""
