# The web page and the portal's static files, in private buckets behind one CloudFront distribution.

locals {
  # The local system sends the same headers.
  headers = jsondecode(templatefile("${path.module}/../../../headers.json", {
    api_origin     = var.api_origin
    cognito_origin = "https://cognito-idp.${var.here.region}.amazonaws.com"
    # Each region has sockets and pictures of its own.
    live_origin   = join(" ", var.live_origins)
    images_origin = join(" ", [for it in var.images_domain_names : "https://${it}"])
  }))

  # CloudFront has an own argument for each of these headers.
  named = ["Content-Security-Policy", "Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"]

  # The answers after which CloudFront asks the other region. A private bucket answers 403 for a missing file.
  groups = var.standby_page == null ? {} : {
    page-of-either = [500, 502, 503, 504]
    file-of-either = [403, 404, 500, 502, 503, 504]
  }

  host = try(var.domain.name, aws_cloudfront_distribution.this.domain_name)

  # The bucket policies name the distribution. If it named the whole modules, there would be a cycle.
  origins = {
    page          = module.page.domain_name
    portal-static = module.portal_static.domain_name
  }
}

module "page" {
  source = "../bucket"

  name              = "${var.name}-page-${var.here.account_id}"
  versioned         = true # So that a bad release of the page can be undone
  force_destroy     = true # It is built from the repository
  log_bucket        = var.log_bucket
  policy_statements = [local.reader["page"]]
}

module "portal_static" {
  source = "../bucket"

  name              = "${var.name}-portal-static-${var.here.account_id}"
  versioned         = true
  force_destroy     = true
  log_bucket        = var.log_bucket
  policy_statements = [local.reader["portal-static"]]
}

locals {
  reader = {
    for name in ["page", "portal-static"] : name => {
      Sid       = "CloudFrontReads"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${var.name}-${name}-${var.here.account_id}/*"
      Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.this.arn } }
    }
  }
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  default_root_object = "index.html"
  aliases             = var.domain[*].name
  wait_for_deployment = false

  dynamic "origin" {
    for_each = local.origins

    content {
      origin_id                = origin.key
      domain_name              = origin.value
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    }
  }

  # The page is only read, so CloudFront itself asks the other region if one does not answer.
  dynamic "origin" {
    for_each = var.standby_page[*]

    content {
      origin_id                = "page-standby"
      domain_name              = origin.value.domain_name
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    }
  }

  dynamic "origin_group" {
    for_each = local.groups

    content {
      origin_id = origin_group.key

      failover_criteria {
        status_codes = origin_group.value
      }

      member {
        origin_id = "page"
      }

      member {
        origin_id = "page-standby"
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = var.standby_page == null ? "page" : "page-of-either"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.page.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.routes.arn
    }
  }

  ordered_cache_behavior {
    path_pattern               = "/portal-static/*"
    target_origin_id           = "portal-static"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.portal_static.id
  }

  # Operators store the file that evacuates a region in the region that lives.
  dynamic "ordered_cache_behavior" {
    for_each = var.standby_page[*]

    content {
      path_pattern               = "/evacuate/*"
      target_origin_id           = "file-of-either"
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.page.id
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

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

# The page's routes are not files, so they get index.html. A missing file stays a 404, which a custom
# error page would hide.
resource "aws_cloudfront_function" "routes" {
  name    = "${var.name}-routes"
  runtime = "cloudfront-js-2.0"
  publish = true

  code = <<-JS
    function handler(event) {
      var request = event.request;
      if (!request.uri.split("/").pop().includes(".")) request.uri = "/index.html";
      return request;
    }
  JS
}

resource "aws_cloudfront_response_headers_policy" "page" {
  name = "${var.name}-page"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.headers["Content-Security-Policy"]
      override                = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = local.headers["Referrer-Policy"]
      override        = true
    }
  }

  custom_headers_config {
    dynamic "items" {
      for_each = { for name, value in local.headers : name => value if !contains(local.named, name) }

      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "portal_static" {
  name = "${var.name}-portal-static"

  cors_config {
    access_control_allow_credentials = false
    origin_override                  = true

    access_control_allow_origins {
      items = [var.portal_origin] # Fonts and modules need it
    }

    access_control_allow_methods {
      items = ["GET", "HEAD"]
    }

    access_control_allow_headers {
      items = ["Accept"]
    }
  }

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }

    content_type_options {
      override = true
    }
  }
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
