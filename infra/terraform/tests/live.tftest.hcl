mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name                = "spotter-test"
  tasks_stream_arn    = "arn:aws:dynamodb:us-east-1:123456789012:table/tasks/stream/1"
  announce            = { filters = ["{}"], starting_position = "LATEST", batch_size = 10, max_retries = 3, max_age_seconds = 60, failures = "failed-announcements" }
  requests_per_second = 100
  detailed_monitoring = true
  log_days            = 30
  alarm_topic_arn     = "arn:aws:sns:us-east-1:123456789012:alarms"

  functions = {
    for name in ["announce", "authorize_socket", "serve_socket"] :
    name => { name = name, arn = "arn:aws:lambda:us-east-1:123456789012:function:${name}", invoke_arn = "invoke-${name}", role_name = name }
  }
}

run "live" {
  command = plan

  module {
    source = "./modules/live"
  }

  assert {
    condition     = aws_apigatewayv2_route.connect.authorization_type == "CUSTOM" && aws_apigatewayv2_authorizer.ticket.identity_sources == toset(["route.request.querystring.ticket"])
    error_message = "A socket must open with a ticket only."
  }

  assert {
    condition     = !strcontains(one(aws_apigatewayv2_stage.this.access_log_settings).format, "query") && one(aws_apigatewayv2_stage.this.default_route_settings).data_trace_enabled == false
    error_message = "Tickets must not be logged."
  }

  assert {
    condition     = aws_apigatewayv2_integration.ping.integration_type == "MOCK"
    error_message = "A ping must cost no function."
  }

  assert {
    condition     = startswith(output.url, "wss://") && startswith(output.endpoint, "https://") && endswith(output.endpoint, "/live")
    error_message = "Users open a socket where functions send messages to."
  }

  assert {
    condition     = aws_apigatewayv2_api.this.ip_address_type == "dualstack"
    error_message = "Workers that have IPv6 only must reach the API."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 2
    error_message = "Sockets that fail or open too often must fire an alarm."
  }
}

run "no_alarms" {
  command = plan

  module {
    source = "./modules/live"
  }

  variables {
    detailed_monitoring = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Each alarm costs money, so a small environment has none of sockets."
  }
}
