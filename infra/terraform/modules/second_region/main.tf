# The second region of a system: modules/stack again, with another name and another provider. `base` is the output
# `second_region` of modules/environment, which has what both regions share.

# What each region has of its own
module "tables" {
  source              = "../tables"
  name                = var.base.name
  tables              = var.base.own_tables
  deletion_protection = var.base.settings.protected
}

module "stack" {
  source = "../stack"

  name         = var.base.name
  here         = var.base.here
  settings     = var.base.settings
  release      = var.base.release
  tables       = merge(var.base.replicas, module.tables.tables)
  user_pool    = var.base.user_pool
  spa_origin   = var.spa_origin
  domains      = var.base.domains
  machine_api  = var.base.machine_api
  alarm_emails = var.alarm_emails
  accept_heic  = var.base.options.accept_heic

  rekognition_usd_a_day = var.base.options.rekognition_usd_a_day
  live                  = var.base.options.live
  models                = var.base.options.models
  fine_when_idle        = var.base.options.fine_when_idle
  region_of_several     = var.base.region_of_several
}

# CloudFront reads the page from here while the first region does not answer.
module "page" {
  source = "../bucket"

  name          = var.base.page_bucket
  versioned     = true
  force_destroy = true
  log_bucket    = module.stack.log_bucket

  policy_statements = [{
    Sid       = "CloudFrontReads"
    Effect    = "Allow"
    Principal = { Service = "cloudfront.amazonaws.com" }
    Action    = "s3:GetObject"
    Resource  = "arn:aws:s3:::${var.base.page_bucket}/*"
    Condition = { StringEquals = { "aws:SourceArn" = var.distribution_arn } }
  }]
}
