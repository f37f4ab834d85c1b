mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here = { account_id = "123456789012", region = "us-east-1" }
  name = "spotter-test"

  functions = {
    for name in ["upload", "get_result", "list_results", "list_words", "delete_result", "retry_result", "cancel_result", "correct_result", "result_versions", "similar_results", "account_defaults", "keys", "create_token", "create_ticket", "serve_socket", "streams", "put_frame", "webhooks", "exports", "delete_account", "health", "uploaded", "sweep"] :
    name => { name = name, arn = "arn:aws:lambda:us-east-1:123456789012:function:${name}", invoke_arn = "invoke-${name}" }
  }

  user_pool_arn       = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_mock"
  spa_origin          = "https://spotter.example"
  requests_per_second = 100
  latency_alarm       = true
  manage_account      = true
  log_days            = 30
  alarm_topic_arn     = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "api" {
  command = plan

  module {
    source = "./modules/api"
  }

  assert {
    condition = alltrue(flatten([
      for path, methods in jsondecode(aws_api_gateway_rest_api_put.this.body).paths : [
        for method, operation in methods : jsonencode(try(operation.security, [])) == (contains(["/token post", "/health get", "/health head"], "${path} ${method}") ? "[]" : jsonencode([{ idToken = [] }])) if !contains(["options", "parameters"], method)
      ]
    ]))
    error_message = "Every route but POST /token and /health must require a signed-in user."
  }

  assert {
    condition = (
      aws_api_gateway_method_settings.token.method_path == "token/POST"
      && one(aws_api_gateway_method_settings.token.settings).throttling_rate_limit == 20
      && one(aws_api_gateway_method_settings.token.settings).data_trace_enabled == false
    )
    error_message = "The route that needs no token must have a limit of its own, and its keys must not be traced."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_put.this.body).paths["/upload"].post["x-amazon-apigateway-integration"].uri == "invoke-upload"
    error_message = "Each route must call its own function."
  }

  assert {
    condition     = !strcontains(aws_api_gateway_rest_api_put.this.body, "$${") && strcontains(aws_api_gateway_rest_api_put.this.body, "https://spotter.example")
    error_message = "No placeholder may remain, and CORS must name our page."
  }

  assert {
    condition     = !contains(keys(aws_lambda_permission.api), "sweep") && !contains(keys(aws_lambda_permission.api), "serve_socket") && length(aws_lambda_permission.api) == 20
    error_message = "The API must be allowed to call the functions of its routes only."
  }

  assert {
    condition     = one(aws_api_gateway_method_settings.all.settings).throttling_rate_limit == 100 && one(aws_api_gateway_method_settings.all.settings).data_trace_enabled == false && one(aws_api_gateway_method_settings.all.settings).metrics_enabled == false
    error_message = "Requests must be limited, bodies must not be logged, and metrics per method must not be paid for."
  }

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled && length(aws_api_gateway_stage.this.access_log_settings) == 1 && !strcontains(lower(one(aws_api_gateway_stage.this.access_log_settings).format), "authorization")
    error_message = "Requests must be traced and logged. Tokens must not be logged."
  }

  assert {
    condition     = output.url == "https://mockapi.execute-api.us-east-1.amazonaws.com/v1"
    error_message = "Without a domain the API must answer at AWS's host."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0 && length(aws_api_gateway_domain_name.this) == 0 && aws_api_gateway_rest_api.this.disable_execute_api_endpoint == false
    error_message = "WAF and domain must be optional."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.server_errors.alarm_actions == toset([var.alarm_topic_arn]) && aws_cloudwatch_metric_alarm.latency[0].extended_statistic == "p99"
    error_message = "Errors and slow answers must raise alarms."
  }
}

run "health" {
  command = plan

  module {
    source = "./modules/api"
  }

  assert {
    condition     = [for it in aws_api_gateway_method_settings.health : it.method_path] == ["health/GET", "health/HEAD"] && alltrue([for it in aws_api_gateway_method_settings.health : one(it.settings).throttling_rate_limit == 5 && one(it.settings).throttling_burst_limit == 10])
    error_message = "What needs no sign-in must have a throttle of its own."
  }
}

run "with_domain_and_waf" {
  command = plan

  module {
    source = "./modules/api"
  }

  variables {
    domain               = { name = "api.spotter.example", zone_id = "Z1" }
    requests_per_address = 1000
  }

  assert {
    condition     = output.url == "https://api.spotter.example/v1" && aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "The API must answer at its domain only."
  }

  assert {
    condition     = aws_api_gateway_domain_name.this[0].security_policy == "TLS_1_2"
    error_message = "Connections must use TLS 1.2 or newer."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.this[0].rule : one(one(rule.statement).rate_based_statement).limit if rule.name == "rate"]) == 1000 && length(aws_wafv2_web_acl_association.this) == 1
    error_message = "The requests of one address must be limited."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.this[0].rule : one(one(one(one(rule.statement).rate_based_statement).custom_key).header).name if rule.name == "token"]) == "authorization"
    error_message = "The requests of one token must be limited, also if they come from many addresses."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.this[0].rule : [one(one(rule.statement).rate_based_statement).limit, [for it in one(one(one(one(rule.statement).rate_based_statement).scope_down_statement).or_statement).statement : one(it.byte_match_statement).search_string]] if rule.name == "open-routes"]) == [300, ["/token", "/health"]]
    error_message = "One address must not use up the calls of the routes that need no token."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.this[0].rule : one([for it in one(one(rule.statement).and_statement).statement : one(one(one(it.size_constraint_statement).field_to_match).body).oversize_handling if length(it.size_constraint_statement) == 1]) if rule.name == "long-json"]) == "MATCH"
    error_message = "JSON that WAF cannot read to its end is refused."
  }
}

run "for_programs" {
  command = plan

  module {
    source = "./modules/api"
  }

  variables {
    scope = "spotter/recognise"
  }

  assert {
    condition = alltrue(flatten([
      for path, methods in jsondecode(aws_api_gateway_rest_api_put.this.body).paths : [
        for method, operation in methods : jsonencode(try(operation.security, [])) == (contains(["/token post", "/health get", "/health head"], "${path} ${method}") ? "[]" : jsonencode([{ idToken = ["spotter/recognise"] }])) if !contains(["options", "parameters"], method)
      ]
    ]))
    error_message = "Programs must send an access token with our scope."
  }
}
