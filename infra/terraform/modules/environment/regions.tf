# What two regions share, where options.second_region names another one: health checks, copies, the page in both.
# modules/second_region has the rest. Each value comes by a variable of its own: in one object all would wait for all.

locals {
  two     = var.options.second_region != null
  standby = try("${local.name}-${var.options.second_region}", null)

  # Names are known before anything exists, so page and regions can name each other.
  names     = merge({ (local.here.region) = local.name }, local.two ? { (var.options.second_region) = local.standby } : {})
  own_hosts = local.two ? { for region in keys(local.names) : region => "${region}.${local.domains.api.name}" } : {}

  regions = {
    for region, host in local.own_hosts : region => {
      regions          = [local.here.region, var.options.second_region]
      front            = { health_check_id = module.failover[0].health_check_ids[region], own_host = host }
      peer_health_urls = [for other, its in local.own_hosts : "https://${its}/v1/health" if other != region]
    }
  }
}

module "failover" {
  source = "../failover"
  count  = local.two ? 1 : 0

  name             = local.name
  hosts            = local.own_hosts
  page_host        = local.domain.name
  alarm_topic_arns = { (local.here.region) = module.stack.alarm_topic_arn, (var.options.second_region) = var.second_alarm_topic_arn }
}

module "pictures" {
  source = "../replication"
  count  = local.two ? 1 : 0

  name       = "${local.name}-pictures"
  account_id = local.here.account_id
  first      = merge(module.stack.images, { region = local.here.region })
  second     = merge(var.second_images, { region = var.options.second_region })
  prefix     = "images/"
  both_ways  = true
}

module "page_copies" {
  source = "../replication"
  count  = local.two ? 1 : 0

  name       = "${local.name}-page"
  account_id = local.here.account_id
  first      = merge(module.web.page, { region = local.here.region })
  second     = merge(var.second_page, { region = var.options.second_region })
  both_ways  = false
}
