mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here            = { account_id = "123456789012", region = "us-east-1" }
  name            = "spotter-test"
  zappa_host      = "abc.execute-api.us-east-1.amazonaws.com"
  policy          = "{}"
  log_bucket      = "logs"
  own_alarm       = true
  log_days        = 30
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "portal" {
  command = plan

  module {
    source = "./modules/portal"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.origin).domain_name == var.zappa_host && one(aws_cloudfront_distribution.this.origin).origin_path == "/portal"
    error_message = "CloudFront must add Zappa's host and path."
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
      && one(one(aws_cloudfront_distribution.this.origin).custom_origin_config).origin_protocol_policy == "https-only"
    )
    error_message = "Only HTTPS must be served."
  }

  assert {
    condition     = one([for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it.Resource if it.Action == "ssm:GetParameter"]) == "arn:aws:ssm:us-east-1:123456789012:parameter${output.secrets_parameter}"
    error_message = "The portal must be allowed to read its own secret only."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.errors[0].dimensions.FunctionName == "${var.name}-${output.stage}"
    error_message = "The alarm must watch the function that Zappa creates."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.wrong_tries[0].metric_name == aws_cloudwatch_log_metric_filter.wrong_tries[0].metric_transformation[0].name
      && aws_cloudwatch_metric_alarm.wrong_tries[0].threshold == 5
      && aws_cloudwatch_metric_alarm.wrong_tries[0].period == 900
    )
    error_message = "As many wrong passwords and codes as lock an account must raise an alarm."
  }
}

run "without_alarms" {
  command = plan

  module {
    source = "./modules/portal"
  }

  variables {
    own_alarm = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.errors) + length(aws_cloudwatch_metric_alarm.wrong_tries) + length(aws_cloudwatch_log_metric_filter.wrong_tries) == 0
    error_message = "Alarms must be an option."
  }
}

run "before_the_first_deploy" {
  command = plan

  module {
    source = "./modules/portal"
  }

  variables {
    zappa_host = null
  }

  assert {
    condition     = output.url == "https://mock.cloudfront.net"
    error_message = "The portal's address must be known before its code is uploaded."
  }
}
