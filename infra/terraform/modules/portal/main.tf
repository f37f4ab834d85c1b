# The surroundings of the operators' portal. Zappa uploads the code and creates the function and its
# REST API; roles, files and the CloudFront distribution are Terraform's.
# `make deploy` writes the secrets to an SSM SecureString, so Django's key is never in Terraform's state.

locals {
  stage         = "portal"
  function_name = "${var.name}-${local.stage}" # Zappa builds the name in this way
  secrets       = "/${var.name}/portal/secrets"
  host          = try(var.domain.name, aws_cloudfront_distribution.this.domain_name)
}

resource "aws_iam_role" "this" {
  name = local.function_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      # Zappa sets the role in its schedule, and EventBridge rejects a role that it cannot assume.
      Principal = { Service = ["events.amazonaws.com", "lambda.amazonaws.com"] }
      Action    = "sts:AssumeRole"
    }]
  })
}

# The calls of the code. The local system uses the same document.
resource "aws_iam_role_policy" "calls" {
  name   = "calls"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_iam_role_policy" "regions" {
  count = var.regions_policy == null ? 0 : 1

  name   = "regions"
  role   = aws_iam_role.this.id
  policy = var.regions_policy
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        Effect   = "Allow"
        Action   = "ssm:GetParameter"
        Resource = "arn:aws:ssm:${var.here.region}:${var.here.account_id}:parameter${local.secrets}"
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_days
}

# Zappa uploads the package to this bucket and deletes it when the function has it.
module "packages" {
  source = "../bucket"

  name          = "${local.function_name}-packages-${var.here.account_id}"
  versioned     = false
  expire_days   = 7
  force_destroy = true
  log_bucket    = var.log_bucket
}

# The address of the portal. It hides the host and the path of Zappa's API.

resource "aws_cloudfront_distribution" "this" {
  comment             = local.function_name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  aliases             = var.domain[*].name
  wait_for_deployment = false

  origin {
    origin_id   = "zappa"
    domain_name = coalesce(var.zappa_host, "not-deployed.invalid")
    origin_path = "/${local.stage}"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id         = "zappa"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = true
    cache_policy_id          = data.aws_cloudfront_cache_policy.disabled.id
    origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_but_host.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.host.arn
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = one(module.certificate[*].arn)
    minimum_protocol_version       = var.domain == null ? "TLSv1" : "TLSv1.2_2021" # AWS's own host accepts no other value
    ssl_support_method             = var.domain == null ? null : "sni-only"
  }
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}

# API Gateway needs its own host, and Django needs the host in the operator's browser.
resource "aws_cloudfront_function" "host" {
  name    = "${local.function_name}-host"
  runtime = "cloudfront-js-2.0"
  publish = true

  code = <<-JS
    function handler(event) {
      var request = event.request;
      request.headers["x-forwarded-host"] = { value: request.headers.host.value };
      return request;
    }
  JS
}

module "certificate" {
  source = "../certificate"
  count  = var.domain == null ? 0 : 1

  domain  = var.domain.name
  zone_id = var.domain.zone_id
  region  = "us-east-1" # CloudFront reads certificates from this region
}

resource "aws_route53_record" "this" {
  for_each = var.domain == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.domain.zone_id
  name    = var.domain.name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

# Somebody guesses passwords or codes. Each wrong try is a line in the log; the fifth within 15 minutes locks the account.
resource "aws_cloudwatch_log_metric_filter" "wrong_tries" {
  count = var.own_alarm ? 1 : 0

  name           = "wrong-tries"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "\"Sign-in refused\" \"wrong\"" # Both must be in the line

  metric_transformation {
    namespace = "Spotter"
    name      = "${local.function_name}-wrong-tries"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "wrong_tries" {
  count = var.own_alarm ? 1 : 0

  alarm_name          = "${local.function_name}-wrong-tries"
  alarm_description   = "Somebody guesses the password or the code of an operator. Runbook: docs/runbooks/wrong-tries.md"
  namespace           = "Spotter"
  metric_name         = aws_cloudwatch_log_metric_filter.wrong_tries[0].metric_transformation[0].name
  statistic           = "Sum"
  period              = 900 # The time in which the portal counts
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = var.own_alarm ? 1 : 0

  alarm_name          = "${local.function_name}-errors"
  alarm_description   = "The portal fails. Runbook: docs/runbooks/portal-errors.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = local.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}
