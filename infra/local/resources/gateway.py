"""The REST API, built from docs/api/gateway.json.

On AWS, API Gateway imports that document. ministack's import leaves out the gateway responses, the
binary types and the answers of mock integrations, so this module creates each part itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

DOCUMENT = REPOSITORY / "docs" / "api" / "gateway.json"
METHODS = {
    **{method: method.upper() for method in ("get", "put", "post", "delete", "options", "head")},
    "x-amazon-apigateway-any-method": "ANY",
}
"""Members of a path in the document, and what API Gateway calls them."""
HASH_TAG = "document"

Json = Mapping[str, Any]


def build_api_url(endpoint: str) -> str:
    """The URL of the API. It is a path, because not every client resolves *.localhost."""
    return f"{endpoint}/_aws/execute-api/{names.API_ID}/{names.API_STAGE}"


def build_execution_arn() -> str:
    """The ARN of all methods of the API, for the permission of a function."""
    return f"arn:aws:execute-api:{names.REGION}:{names.ACCOUNT_ID}:{names.API_ID}/*"


def build_invoke_arn(function_arn: str) -> str:
    """The ARN that an integration calls to invoke the function."""
    path = f"path/2015-03-31/functions/{function_arn}/invocations"
    return f"arn:aws:apigateway:{names.REGION}:lambda:{path}"


def read_document(values: Mapping[str, str]) -> str:
    """The gateway's OpenAPI document with its placeholders filled in."""
    return Template(DOCUMENT.read_text()).substitute(values)


def create_api(clients: Clients, text: str) -> None:
    """Create the API of a document, or replace the API of another document."""
    client = clients.apigateway
    document_hash = hashlib.sha256(text.encode()).hexdigest()
    for api in client.get_rest_apis(limit=500)["items"]:
        if api["id"] == names.API_ID:
            if api.get("tags", {}).get(HASH_TAG) == document_hash:
                return
            client.delete_rest_api(restApiId=names.API_ID)
    _Builder(client, json.loads(text)).build(document_hash)


@dataclass
class _Builder:
    client: APIGatewayClient
    document: Json

    def build(self, document_hash: str) -> None:
        self.client.create_rest_api(
            name=names.PREFIX,
            binaryMediaTypes=self.document.get("x-amazon-apigateway-binary-media-types", []),
            minimumCompressionSize=self.document["x-amazon-apigateway-minimum-compression-size"],
            # ministack takes the API's id from this tag.
            tags={"ms-custom-id": names.API_ID, HASH_TAG: document_hash},
        )
        authorizers = self._create_authorizers()
        resources = {"/": self._find_root()}
        for path, item in self.document["paths"].items():
            resource_id = self._create_resource(path, resources)
            for member, method in METHODS.items():
                if member in item:
                    self._create_method(resource_id, method, item[member], authorizers)
        self._create_gateway_responses()
        self.client.create_deployment(restApiId=names.API_ID, stageName=names.API_STAGE)

    def _find_root(self) -> str:
        found = self.client.get_resources(restApiId=names.API_ID, limit=500)["items"]
        return next(resource["id"] for resource in found if resource["path"] == "/")

    def _create_authorizers(self) -> dict[str, str]:
        """Name of each security scheme to the id of its authorizer."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        ids = {}
        for name, scheme in schemes.items():
            authorizer = scheme["x-amazon-apigateway-authorizer"]
            ids[name] = self.client.create_authorizer(
                restApiId=names.API_ID,
                name=name,
                type="COGNITO_USER_POOLS",
                providerARNs=authorizer["providerARNs"],
                identitySource=f"method.request.header.{scheme['name']}",
            )["id"]
        return ids

    def _create_resource(self, path: str, resources: dict[str, str]) -> str:
        """Create a path and its parents, unless they are in `resources`."""
        if path not in resources:
            parent, _, part = path.rpartition("/")
            resources[path] = self.client.create_resource(
                restApiId=names.API_ID,
                parentId=self._create_resource(parent or "/", resources),
                pathPart=part,
            )["id"]
        return resources[path]

    def _create_method(
        self, resource_id: str, method: str, operation: Json, authorizers: Mapping[str, str]
    ) -> None:
        security = operation.get("security", self.document.get("security", []))
        scheme = next((name for requirement in security for name in requirement), None)
        self.client.put_method(
            restApiId=names.API_ID,
            resourceId=resource_id,
            httpMethod=method,
            authorizationType="COGNITO_USER_POOLS" if scheme else "NONE",
            authorizerId=authorizers[scheme] if scheme else "",
        )
        integration = operation["x-amazon-apigateway-integration"]
        kind = integration["type"].upper()
        self.client.put_integration(
            restApiId=names.API_ID,
            resourceId=resource_id,
            httpMethod=method,
            type=kind,
            integrationHttpMethod=integration.get("httpMethod", method).upper(),
            uri=integration.get("uri", ""),
            requestTemplates=integration.get("requestTemplates", {}),
            timeoutInMillis=integration.get("timeoutInMillis", 29_000),
        )
        for pattern, response in integration.get("responses", {}).items():
            self._create_mock_response(resource_id, method, pattern, response)

    def _create_mock_response(
        self, resource_id: str, method: str, pattern: str, response: Json
    ) -> None:
        parameters = response.get("responseParameters", {})
        place = {
            "restApiId": names.API_ID,
            "resourceId": resource_id,
            "httpMethod": method,
            "statusCode": response["statusCode"],
        }
        self.client.put_method_response(
            **place, responseParameters=dict.fromkeys(parameters, False)
        )
        self.client.put_integration_response(
            **place,
            selectionPattern="" if pattern == "default" else pattern,
            responseParameters=parameters,
            responseTemplates=response.get("responseTemplates", {}),
        )

    def _create_gateway_responses(self) -> None:
        responses = self.document.get("x-amazon-apigateway-gateway-responses", {})
        for kind, response in responses.items():
            self.client.put_gateway_response(
                restApiId=names.API_ID,
                responseType=kind,
                **({"statusCode": str(response["statusCode"])} if "statusCode" in response else {}),
                responseParameters=response.get("responseParameters", {}),
                responseTemplates=response.get("responseTemplates", {}),
            )
