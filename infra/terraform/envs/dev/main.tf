# The whole system. This file is the same in every environment; environment.tf holds the differences.

module "alarm_topic" {
  source = "../../modules/alarm_topic"
  name   = local.name
  emails = var.alarm_emails
}

module "network" {
  source         = "../../modules/network"
  name           = local.name
  zone_count     = 2
  egress         = local.settings.egress
  log_bucket_arn = module.storage.logs.arn
}

module "storage" {
  source         = "../../modules/storage"
  name           = local.name
  retention_days = local.contract.settings.retention_days
  spa_origin     = module.web.origin
  force_destroy  = !local.settings.protected
}

module "tables" {
  source              = "../../modules/tables"
  name                = local.name
  tables              = local.contract.tables
  deletion_protection = local.settings.protected
}

module "queue" {
  source                     = "../../modules/queue"
  name                       = "${local.name}-tasks"
  visibility_timeout_seconds = local.contract.settings.visibility_seconds
  max_receive_count          = local.contract.settings.max_receive_count
  alarm_depth                = local.contract.settings.alarm_queue_depth
  alarm_topic_arn            = module.alarm_topic.arn
}

module "auth" {
  source              = "../../modules/auth"
  name                = local.name
  portal_url          = module.portal.url
  tier                = local.settings.cognito_tier
  deletion_protection = local.settings.protected
  email_identity_arn  = var.email_identity_arn
  machine_clients     = var.machine_clients
}

module "functions" {
  source               = "../../modules/functions"
  name                 = local.name
  images               = module.storage.images
  tasks_table          = { name = module.tables.names["tasks"], arn = module.tables.arns["tasks"] }
  task_queue           = module.queue
  spa_origin           = module.web.origin
  code                 = local.release.lambdas
  reserved_concurrency = local.settings.reserved_concurrency
  user_limits          = local.settings.user_limits
  log_days             = local.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn
}

module "api" {
  source   = "../../modules/api"
  for_each = local.apis

  name                 = "${local.name}${each.value.suffix}"
  functions            = module.functions.functions
  user_pool_arn        = module.auth.user_pool_arn
  spa_origin           = module.web.origin
  scope                = each.value.scope
  domain               = lookup(local.domains, each.key, null)
  requests_per_second  = local.settings.requests_per_second
  requests_per_address = local.settings.requests_per_address
  manage_account       = each.key == "api" && local.settings.owns_account
  log_days             = local.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn
}

module "workers" {
  source               = "../../modules/workers"
  name                 = local.name
  subnet_ids           = module.network.private_subnet_ids
  security_group_id    = module.network.worker_security_group_id
  release              = local.release.worker
  artefacts_bucket_arn = module.storage.artefacts.arn
  policy               = templatefile("${path.root}/../../../policies/worker.json", local.arns)
  environment          = local.worker_environment
  task_queue_name      = module.queue.name
  size                 = local.settings.workers
  log_days             = local.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn
}

module "web" {
  source             = "../../modules/web"
  name               = local.name
  api_origin         = module.api["api"].origin
  images_domain_name = "${local.name}-images-${local.account_id}.s3.${var.region}.amazonaws.com"
  portal_origin      = module.portal.url
  domain             = lookup(local.domains, "page", null)
  log_bucket         = module.storage.logs.name
}

module "portal" {
  source          = "../../modules/portal"
  name            = local.name
  zappa_host      = local.release.portal_host
  policy          = templatefile("${path.root}/../../../policies/portal.json", local.arns)
  domain          = lookup(local.domains, "portal", null)
  log_bucket      = module.storage.logs.name
  log_days        = local.settings.log_days
  alarm_topic_arn = module.alarm_topic.arn
}

module "monitoring" {
  source                 = "../../modules/monitoring"
  name                   = local.name
  api_name               = module.api["api"].name
  task_queue_name        = module.queue.name
  dead_letter_queue_name = module.queue.dead_letter.name
  worker_group_name      = module.workers.group_name
  log_group_names        = concat([module.workers.log_group_name], [for it in module.functions.functions : it.log_group_name])
  monthly_budget_usd     = local.settings.monthly_budget_usd
  alarm_topic_arn        = module.alarm_topic.arn
}

module "github" {
  source          = "../../modules/github"
  count           = var.github_repository == null ? 0 : 1
  name            = local.name
  repository      = var.github_repository
  environment     = local.environment
  create_provider = local.settings.owns_account
}
