locals {
  # Not the stage's invoke_url: it would tie the page's headers to the body, which names the page.
  host = try(var.domain.name, "${aws_api_gateway_rest_api.this.id}.execute-api.${var.here.region}.amazonaws.com")
}

output "url" {
  description = "Where the API answers"
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
