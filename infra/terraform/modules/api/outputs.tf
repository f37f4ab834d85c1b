locals {
  # The stage's invoke_url depends on the body, which names the page. That would be a cycle.
  host = try(var.domain.name, "${aws_api_gateway_rest_api.this.id}.execute-api.${var.here.region}.amazonaws.com")
}

output "url" {
  description = "Address of the API"
  value       = "https://${local.host}/v1"
}

output "origin" {
  description = "Scheme and host of the API, for the page's security headers"
  value       = "https://${local.host}"
}

output "name" {
  description = "Name of the API, the dimension of its metrics"
  value       = aws_api_gateway_rest_api.this.name
}
