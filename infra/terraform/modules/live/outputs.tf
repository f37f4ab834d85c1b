output "url" {
  description = "Where users open a socket"
  value       = "${aws_apigatewayv2_api.this.api_endpoint}/${local.stage}"
}

output "origin" {
  description = "Scheme and host of the API"
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "endpoint" {
  description = "Where messages are sent to"
  value       = "${replace(aws_apigatewayv2_api.this.api_endpoint, "wss://", "https://")}/${local.stage}"
}

output "stage_arn" {
  description = "The stage before a method and a route, as policies name it"
  value       = local.stage_arn
}
