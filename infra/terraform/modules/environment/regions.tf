# The second region, where options.second_region names one. Tables of tasks and operators, the page and the users
# are shared. Everything else is modules/stack again, with another name and another provider.

locals {
  two      = var.options.second_region != null
  standby  = try("${local.name}-${var.options.second_region}", null)
  api_host = try(local.domains.api.name, null)

  # Names of buckets and roles are known before anything exists, so page and regions can name each other.
  names        = merge({ (local.here.region) = local.name }, local.two ? { (var.options.second_region) = local.standby } : {})
  standby_page = try("${local.standby}-page-${local.here.account_id}", null)

  own_hosts = local.two ? { for region in keys(local.names) : region => "${region}.${local.api_host}" } : {}

  regions = {
    for region, host in local.own_hosts : region => {
      regions          = [local.here.region, var.options.second_region]
      front            = { health_check_id = module.failover[0].health_check_ids[region], own_host = host }
      peer_health_urls = [for other, its in local.own_hosts : "https://${its}/v1/health" if other != region]
    }
  }

  second_workers = merge(var.settings.workers, { for key, value in var.options.second_workers : key => value if value != null })
}

data "aws_region" "second" {
  count    = local.two ? 1 : 0
  provider = aws.second

  lifecycle {
    postcondition {
      condition     = self.region == var.options.second_region && self.region != local.here.region
      error_message = "The second region must be another one than the first."
    }
  }
}

# What each region has of its own
module "second_tables" {
  source    = "../tables"
  count     = local.two ? 1 : 0
  providers = { aws = aws.second }

  name                = local.standby
  tables              = { for key, table in local.contract.tables : key => table if lookup(table, "regional", false) }
  deletion_protection = var.settings.protected
}

module "second" {
  source    = "../stack"
  count     = local.two ? 1 : 0
  providers = { aws = aws.second }

  name          = local.standby
  here          = { account_id = local.here.account_id, region = var.options.second_region }
  settings      = merge(var.settings, { reserved_concurrency = local.reserved_concurrency, workers = local.second_workers })
  release       = local.release
  tables        = merge(module.tables.replicas[var.options.second_region], module.second_tables[0].tables)
  user_pool_arn = module.auth.user_pool_arn
  spa_origin    = module.web.origin
  domains       = local.domains
  machine_api   = length(local.machine_clients) > 0
  alarm_emails  = var.alarm_emails
  accept_heic   = var.options.accept_heic

  rekognition_usd_a_day = var.options.rekognition_usd_a_day
  live                  = var.options.live
  models                = var.options.models
  fine_when_idle        = var.options.fine_when_idle
  region_of_several     = local.regions[var.options.second_region]
}

module "failover" {
  source = "../failover"
  count  = local.two ? 1 : 0

  name             = local.name
  hosts            = local.own_hosts
  page_host        = local.domain.name
  alarm_topic_arns = { (local.here.region) = module.stack.alarm_topic_arn, (var.options.second_region) = module.second[0].alarm_topic_arn }
}

module "pictures" {
  source = "../replication"
  count  = local.two ? 1 : 0

  name       = "${local.name}-pictures"
  account_id = local.here.account_id
  first      = merge(module.stack.images, { region = local.here.region })
  second     = merge(module.second[0].images, { region = var.options.second_region })
  prefix     = "images/"
  both_ways  = true

  depends_on = [module.stack, module.second] # Both buckets have versions before
}

# CloudFront reads the page from here while the first region does not answer.
module "standby_page" {
  source    = "../bucket"
  count     = local.two ? 1 : 0
  providers = { aws = aws.second }

  name          = local.standby_page
  versioned     = true
  force_destroy = true
  log_bucket    = module.second[0].log_bucket

  policy_statements = [{
    Sid       = "CloudFrontReads"
    Effect    = "Allow"
    Principal = { Service = "cloudfront.amazonaws.com" }
    Action    = "s3:GetObject"
    Resource  = "arn:aws:s3:::${local.standby_page}/*"
    Condition = { StringEquals = { "aws:SourceArn" = module.web.distribution_arn } }
  }]
}

module "page_copies" {
  source = "../replication"
  count  = local.two ? 1 : 0

  name       = "${local.name}-page"
  account_id = local.here.account_id
  first      = merge(module.web.page, { region = local.here.region })
  second     = { name = module.standby_page[0].name, arn = module.standby_page[0].arn, region = var.options.second_region }
  both_ways  = false

  depends_on = [module.web, module.standby_page]
}
