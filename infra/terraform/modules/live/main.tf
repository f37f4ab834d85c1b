# The WebSocket API: a ticket opens a socket, and functions send messages to open ones.

locals {
  stage = "live"

  # The stage before a method and a route, as policies name it
  stage_arn = "${aws_apigatewayv2_api.this.execution_arn}/${local.stage}"
}

resource "aws_apigatewayv2_api" "this" {
  name                       = "${var.name}-live"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
  ip_address_type            = "dualstack" # Workers may have no IPv4, and send answers to it
}

resource "aws_apigatewayv2_authorizer" "ticket" {
  api_id           = aws_apigatewayv2_api.this.id
  name             = "ticket"
  authorizer_type  = "REQUEST"
  authorizer_uri   = var.functions["authorize_socket"].invoke_arn
  identity_sources = ["route.request.querystring.ticket"] # Without a ticket no function runs
}

resource "aws_apigatewayv2_integration" "serve" {
  api_id             = aws_apigatewayv2_api.this.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST" # The call to Lambda is always a POST
  integration_uri    = var.functions["serve_socket"].invoke_arn
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.this.id
  route_key          = "$connect"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.ticket.id
  target             = "integrations/${aws_apigatewayv2_integration.serve.id}"
}

resource "aws_apigatewayv2_route" "disconnect" {
  #checkov:skip=CKV_AWS_309:API Gateway authorizes $connect only; no other route exists without an open socket
  api_id    = aws_apigatewayv2_api.this.id
  route_key = "$disconnect"
  target    = "integrations/${aws_apigatewayv2_integration.serve.id}"
}

# A ping keeps a socket open. API Gateway answers it itself, so it costs no function.

resource "aws_apigatewayv2_integration" "ping" {
  api_id                        = aws_apigatewayv2_api.this.id
  integration_type              = "MOCK"
  template_selection_expression = "200"
  request_templates             = { "200" = jsonencode({ statusCode = 200 }) }
}

resource "aws_apigatewayv2_integration_response" "ping" {
  api_id                        = aws_apigatewayv2_api.this.id
  integration_id                = aws_apigatewayv2_integration.ping.id
  integration_response_key      = "/200/"
  template_selection_expression = "200"
  response_templates            = { "200" = jsonencode({ type = "pong" }) }
}

resource "aws_apigatewayv2_route" "ping" {
  #checkov:skip=CKV_AWS_309:The same
  api_id                              = aws_apigatewayv2_api.this.id
  route_key                           = "ping"
  target                              = "integrations/${aws_apigatewayv2_integration.ping.id}"
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_route_response" "ping" {
  api_id             = aws_apigatewayv2_api.this.id
  route_id           = aws_apigatewayv2_route.ping.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_deployment" "this" {
  api_id = aws_apigatewayv2_api.this.id

  triggers = {
    content = sha256(jsonencode([
      aws_apigatewayv2_authorizer.ticket, aws_apigatewayv2_integration.serve, aws_apigatewayv2_integration.ping,
      aws_apigatewayv2_integration_response.ping, aws_apigatewayv2_route.connect, aws_apigatewayv2_route.disconnect,
      aws_apigatewayv2_route.ping, aws_apigatewayv2_route_response.ping,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_stage" "this" {
  api_id        = aws_apigatewayv2_api.this.id
  name          = local.stage
  deployment_id = aws_apigatewayv2_deployment.this.id

  # For all users together. One user has few sockets, so only many accounts reach it.
  default_route_settings {
    data_trace_enabled       = false # A data trace contains tickets
    detailed_metrics_enabled = false # No alarm reads metrics per route
    logging_level            = "ERROR"
    throttling_rate_limit    = var.requests_per_second
    throttling_burst_limit   = 2 * var.requests_per_second
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    # The format has no query string, because the ticket is in it.
    format = jsonencode({
      requestId  = "$context.requestId"
      time       = "$context.requestTime"
      sourceIp   = "$context.identity.sourceIp"
      owner      = "$context.authorizer.principalId"
      event      = "$context.eventType"
      route      = "$context.routeKey"
      connection = "$context.connectionId"
      status     = "$context.status"
      error      = "$context.error.responseType"
    })
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}-live"
  retention_in_days = var.log_days
}

resource "aws_lambda_permission" "this" {
  for_each = toset(["authorize_socket", "serve_socket"])

  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.key].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}
