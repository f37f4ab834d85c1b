# Options at the edge: a domain of your own, and a firewall: limits for an address, a token and a body.

module "certificate" {
  source = "../certificate"
  count  = var.domain == null ? 0 : 1

  domain  = var.domain.name
  zone_id = var.domain.zone_id
  region  = var.here.region
}

resource "aws_api_gateway_domain_name" "this" {
  count = var.domain == null ? 0 : 1

  domain_name              = var.domain.name
  regional_certificate_arn = module.certificate[0].arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this[0].domain_name
  base_path   = aws_api_gateway_stage.this.stage_name # The URL ends in /v1 either way
}

resource "aws_route53_record" "this" {
  for_each = var.domain == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.domain.zone_id
  name    = var.domain.name
  type    = each.key

  # Of several regions the nearest one that is healthy answers. If all are unhealthy, all count as healthy.
  set_identifier  = var.front == null ? null : var.here.region
  health_check_id = try(var.front.health_check_id, null)

  dynamic "latency_routing_policy" {
    for_each = var.front[*]

    content {
      region = var.here.region
    }
  }

  alias {
    name                   = aws_api_gateway_domain_name.this[0].regional_domain_name
    zone_id                = aws_api_gateway_domain_name.this[0].regional_zone_id
    evaluate_target_health = false
  }
}

# A host of this region alone, which health checks and operators ask. API Gateway answers only to hosts that it
# knows, so the one that AWS gives to a domain would not do.

locals {
  own_host = var.front == null ? null : var.front.own_host # `try` would make it unknown until the apply
}

module "own_certificate" {
  source = "../certificate"
  count  = local.own_host == null ? 0 : 1

  domain  = local.own_host
  zone_id = var.domain.zone_id
  region  = var.here.region
}

resource "aws_api_gateway_domain_name" "own" {
  count = local.own_host == null ? 0 : 1

  domain_name              = local.own_host
  regional_certificate_arn = module.own_certificate[0].arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "own" {
  count = local.own_host == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.own[0].domain_name
  base_path   = aws_api_gateway_stage.this.stage_name
}

resource "aws_route53_record" "own" {
  for_each = local.own_host == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.domain.zone_id
  name    = local.own_host
  type    = each.key

  alias {
    name                   = aws_api_gateway_domain_name.own[0].regional_domain_name
    zone_id                = aws_api_gateway_domain_name.own[0].regional_zone_id
    evaluate_target_health = false
  }
}

# Requests in five minutes, of one address or of one value of a header
locals {
  rates = {
    rate = { priority = 1, limit = var.requests_per_address, header = null, paths = null }

    # Many addresses with one token are one user. The functions limit each user more closely; this rule also bounds
    # what their refusals cost.
    token = { priority = 2, limit = var.requests_per_token, header = "authorization", paths = null }

    # All callers share the calls of the routes that need no token: tokens_per_second and health_per_second. Without
    # this rule one address could use them all up, so that programs get no token.
    open-routes = { priority = 4, limit = var.open_requests_per_address, header = null, paths = ["/token", "/health"] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  count = var.requests_per_address == null ? 0 : 1

  name  = var.name
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.rates

    content {
      name     = rule.key
      priority = rule.value.priority

      action {
        block {
          custom_response {
            response_code            = 429
            custom_response_body_key = "too_many_requests"

            response_header {
              name  = "Retry-After"
              value = "300"
            }
          }
        }
      }

      statement {
        rate_based_statement {
          limit                 = rule.value.limit
          evaluation_window_sec = 300
          aggregate_key_type    = rule.value.header == null ? "IP" : "CUSTOM_KEYS"

          dynamic "custom_key" {
            for_each = rule.value.header[*]

            content {
              header {
                name = custom_key.value

                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
          }

          dynamic "scope_down_statement" {
            for_each = rule.value.paths == null ? [] : [rule.value.paths]

            content {
              or_statement {
                dynamic "statement" {
                  for_each = scope_down_statement.value

                  content {
                    byte_match_statement {
                      search_string         = statement.value
                      positional_constraint = "CONTAINS"

                      field_to_match {
                        uri_path {}
                      }

                      text_transformation {
                        priority = 0
                        type     = "URL_DECODE"
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = false # Samples hold headers, and headers hold tokens
      }
    }
  }

  # The functions refuse long JSON too. Here it costs no invocation. WAF reads the first 16 KB of a
  # body, so a longer one is oversized. Pictures come as image/* or application/octet-stream.
  rule {
    name     = "long-json"
    priority = 3

    action {
      block {
        custom_response {
          response_code            = 413
          custom_response_body_key = "request_too_large"
        }
      }
    }

    statement {
      and_statement {
        statement {
          not_statement {
            statement {
              byte_match_statement {
                search_string         = "image/"
                positional_constraint = "STARTS_WITH"

                field_to_match {
                  single_header {
                    name = "content-type"
                  }
                }

                text_transformation {
                  priority = 0
                  type     = "LOWERCASE"
                }
              }
            }
          }
        }

        statement {
          not_statement {
            statement {
              byte_match_statement {
                search_string         = "application/octet-stream"
                positional_constraint = "STARTS_WITH"

                field_to_match {
                  single_header {
                    name = "content-type"
                  }
                }

                text_transformation {
                  priority = 0
                  type     = "LOWERCASE"
                }
              }
            }
          }
        }

        statement {
          size_constraint_statement {
            comparison_operator = "GT"
            size                = 16384

            field_to_match {
              body {
                oversize_handling = "MATCH"
              }
            }

            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-long-json"
      sampled_requests_enabled   = false
    }
  }

  custom_response_body {
    key          = "request_too_large"
    content_type = "APPLICATION_JSON"

    content = jsonencode({
      type   = "about:blank"
      title  = "Content Too Large"
      status = 413
      code   = "request_too_large"
      detail = "The JSON body is larger than 16 KB. Send only the fields that the API describes."
    })
  }

  custom_response_body {
    key          = "too_many_requests"
    content_type = "APPLICATION_JSON"

    content = jsonencode({
      type   = "about:blank"
      title  = "Too Many Requests"
      status = 429
      code   = "too_many_requests"
      detail = "Too many requests came from this address or account. Wait five minutes, then go on more slowly."
    })
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = length(aws_wafv2_web_acl.this)

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this[0].arn
}
