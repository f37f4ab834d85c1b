# The REST API. Its routes are docs/api/gateway.json, which is generated from the functions.

locals {
  file     = "${path.module}/../../../../docs/api/gateway.json"
  document = file(local.file)

  body = templatefile(local.file, merge(
    { for function, it in var.functions : "${function}_invoke_arn" => it.invoke_arn },
    { user_pool_arn = var.user_pool_arn, spa_origin = var.spa_origin },
  ))

  # With a scope API Gateway accepts access tokens of programs. Without one it accepts ID tokens of people.
  scoped_body = replace(local.body, "/\"(${local.authorizer})\": *\\[\\]/", "\"$1\": [\"${coalesce(var.scope, "none")}\"]")
  authorizer  = one(keys(jsondecode(local.body).components.securitySchemes))
}

resource "aws_api_gateway_rest_api" "this" {
  name = var.name

  # With a custom domain AWS's own host is off, so every request passes WAF and the access log.
  disable_execute_api_endpoint = var.domain != null

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

# A resource of its own: the page's security headers need the host of the API, and this body needs the
# origin of the page. In one resource that would be a cycle.
resource "aws_api_gateway_rest_api_put" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  body        = var.scope == null ? local.body : local.scoped_body

  triggers = { body = sha256(local.body) }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = { body = sha256(aws_api_gateway_rest_api_put.this.body) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = "v1"
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    # The format has no token and no query string, because cursors and file names are private.
    format = jsonencode({
      requestId = "$context.requestId"
      time      = "$context.requestTime"
      sourceIp  = "$context.identity.sourceIp"
      owner     = "$context.authorizer.claims.sub"
      method    = "$context.httpMethod"
      route     = "$context.resourcePath"
      status    = "$context.status"
      latencyMs = "$context.responseLatency"
      error     = "$context.error.responseType"
      trace     = "$context.xrayTraceId"
    })
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_days
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = false # Metrics per method cost 0.30 USD each, and no alarm reads them
    logging_level          = "ERROR"
    data_trace_enabled     = false # A data trace contains tokens and pictures
    throttling_rate_limit  = var.requests_per_second
    throttling_burst_limit = 2 * var.requests_per_second
  }
}

# Two routes need no token, so anybody can call them. Limits of their own bound what that costs.

resource "aws_api_gateway_method_settings" "token" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "token/POST"

  settings {
    metrics_enabled        = false
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.tokens_per_second
    throttling_burst_limit = 2 * var.tokens_per_second
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_api_gateway_method_settings" "health" {
  for_each = toset(["GET", "HEAD"])

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "health/${each.key}"

  settings {
    metrics_enabled        = false
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.health_per_second
    throttling_burst_limit = 2 * var.health_per_second
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_lambda_permission" "api" {
  for_each = { for name, it in var.functions : name => it if strcontains(local.document, "{${name}_invoke_arn}") }

  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*"
}

# All APIs of an account and region write their logs with one role.
resource "aws_api_gateway_account" "this" {
  count = var.manage_account ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logs[0].arn
}

resource "aws_iam_role" "logs" {
  count = var.manage_account ? 1 : 0

  name = "${var.name}-gateway-logs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  count = var.manage_account ? 1 : 0

  role       = aws_iam_role.logs[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
