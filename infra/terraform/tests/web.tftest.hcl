mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here                = { account_id = "123456789012", region = "us-east-1" }
  name                = "spotter-test"
  api_origin          = "https://api.example"
  live_origins        = ["wss://live.example"]
  images_domain_names = ["images.s3.us-east-1.amazonaws.com"]
  portal_origin       = "https://portal.example"
  log_bucket          = "logs"
}

run "web" {
  command = plan

  module {
    source = "./modules/web"
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
      && alltrue([for it in aws_cloudfront_distribution.this.ordered_cache_behavior : it.viewer_protocol_policy == "redirect-to-https"])
    )
    error_message = "Only HTTPS must be served."
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.this.signing_behavior == "always"
    error_message = "CloudFront must sign its requests, because the buckets are private."
  }

  assert {
    condition = alltrue([
      for part in ["default-src", "https://api.example", "https://cognito-idp.us-east-1.amazonaws.com", "https://images.s3.us-east-1.amazonaws.com", "frame-ancestors 'none'"] :
      strcontains(one(one(aws_cloudfront_response_headers_policy.page.security_headers_config).content_security_policy).content_security_policy, part)
    ])
    error_message = "The page must be allowed to call our hosts only."
  }

  assert {
    condition     = !strcontains(one(one(aws_cloudfront_response_headers_policy.page.security_headers_config).content_security_policy).content_security_policy, "script-src 'self' 'unsafe")
    error_message = "Inline scripts must be forbidden."
  }

  assert {
    condition     = one(one(aws_cloudfront_response_headers_policy.page.security_headers_config).strict_transport_security).access_control_max_age_sec >= 31536000
    error_message = "Browsers must remember HTTPS for at least a year."
  }

  assert {
    condition     = strcontains(aws_cloudfront_function.routes.code, "/index.html") && length(aws_cloudfront_distribution.this.custom_error_response) == 0
    error_message = "A route of the page must show the page, and a missing file must answer 404."
  }

  assert {
    condition     = output.origin == "https://mock.cloudfront.net"
    error_message = "Without a domain the page must answer at CloudFront's host."
  }
}

run "with_domain" {
  command = plan

  module {
    source = "./modules/web"
  }

  variables {
    domain = { name = "spotter.example", zone_id = "Z1" }
  }

  assert {
    condition = (
      output.origin == "https://spotter.example"
      && aws_cloudfront_distribution.this.aliases == toset(["spotter.example"])
      && one(aws_cloudfront_distribution.this.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021"
      && keys(aws_route53_record.this) == ["A", "AAAA"]
    )
    error_message = "The page must answer at its own domain with TLS 1.2 or newer."
  }
}

run "certificate" {
  command = plan

  module {
    source = "./modules/certificate"
  }

  variables {
    domain  = "spotter.example"
    zone_id = "Z1"
    region  = "us-east-1"
  }

  assert {
    condition     = aws_acm_certificate.this.region == "us-east-1" && aws_acm_certificate.this.validation_method == "DNS" && aws_route53_record.proof.zone_id == "Z1"
    error_message = "The certificate must be validated by DNS, so that it renews itself, and must be in us-east-1, where CloudFront looks."
  }
}
