# One environment: what exists once (users, tables, page, portal), and one stack in one region.
# regions.tf adds a second region.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

# The account stores which release runs. `make deploy` writes it, so every plan sees the same
# release, whatever is checked out. Before the first deploy there is none.
data "aws_ssm_parameters_by_path" "release" {
  path = "/${local.name}/release"
}

module "stack" {
  source = "../stack"

  name         = local.name
  here         = local.here
  settings     = merge(var.settings, { reserved_concurrency = local.reserved_concurrency })
  release      = local.release
  tables       = module.tables.tables
  user_pool    = { arn = module.auth.user_pool_arn, keys_client_id = module.auth.keys_client_id }
  spa_origin   = module.web.origin
  domains      = local.domains
  machine_api  = length(local.machine_clients) > 0
  alarm_emails = var.alarm_emails
  accept_heic  = var.options.accept_heic

  email_identity_arn = var.options.email_identity_arn

  rekognition_usd_a_day = var.options.rekognition_usd_a_day
  live                  = var.options.live
  models                = var.options.models
  fine_when_idle        = var.options.fine_when_idle
  region_of_several     = lookup(local.regions, local.here.region, null)
}

module "tables" {
  source              = "../tables"
  name                = local.name
  tables              = local.contract.tables
  deletion_protection = var.settings.protected
  replica_regions     = var.options.second_region[*]
  consistency         = var.options.witness_region == null ? "EVENTUAL" : "STRONG"
  witness_region      = var.options.witness_region
}

module "auth" {
  source              = "../auth"
  name                = local.name
  here                = local.here
  portal_url          = module.portal.url
  tier                = var.settings.cognito_tier
  deletion_protection = var.settings.protected
  email_identity_arn  = var.options.email_identity_arn
  machine_clients     = local.machine_clients
  invite_only         = var.options.invite_only
  # By name: functions know the pool, so the pool cannot wait for a function.
  sign_up_arn          = "arn:aws:lambda:${local.here.region}:${local.here.account_id}:function:${local.name}-sign_up"
  answer_challenge_arn = "arn:aws:lambda:${local.here.region}:${local.here.account_id}:function:${local.name}-answer_challenge"

  requests_per_address = var.settings.requests_per_address
}

resource "aws_lambda_permission" "user_pool" {
  for_each = toset(["sign_up", "answer_challenge"])

  action        = "lambda:InvokeFunction"
  function_name = module.stack.functions[each.key].name
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = module.auth.user_pool_arn
}

module "web" {
  source              = "../web"
  name                = local.name
  here                = local.here
  api_origin          = module.stack.api_origin
  live_origins        = concat([module.stack.live_origin], local.two ? [var.second_live_origin] : [])
  images_domain_names = [for region, name in local.names : "${name}-images-${local.here.account_id}.s3.${region}.amazonaws.com"]
  portal_origin       = module.portal.url
  domain              = lookup(local.domains, "page", null)
  log_bucket          = module.stack.log_bucket
  standby_page        = local.two ? { domain_name = "${local.standby}-page-${local.here.account_id}.s3.${var.options.second_region}.amazonaws.com" } : null
}

module "portal" {
  source          = "../portal"
  name            = local.name
  here            = local.here
  zappa_host      = try(local.released.portal_host, null)
  policy          = templatefile("${path.module}/../../../policies/portal.json", local.arns)
  regions_policy  = local.two ? templatefile("${path.module}/../../../policies/regions/portal.json", merge(local.arns, { page_bucket_arn = module.web.page.arn })) : null
  domain          = lookup(local.domains, "portal", null)
  log_bucket      = module.stack.log_bucket
  log_days        = var.settings.log_days
  own_alarm       = var.settings.detailed_monitoring
  alarm_topic_arn = module.stack.alarm_topic_arn
}

module "budget" {
  source          = "../budget"
  name            = local.name
  here            = local.here
  usd_a_month     = var.settings.monthly_budget_usd
  close           = module.stack.functions["close"]
  key_arn         = module.stack.alarm_key_arn
  own_alarm       = var.settings.detailed_monitoring
  alarm_topic_arn = module.stack.alarm_topic_arn
}

module "github" {
  source          = "../github"
  count           = var.options.github_repository == null ? 0 : 1
  name            = local.name
  here            = local.here
  repository      = var.options.github_repository
  environment     = var.environment
  create_provider = var.settings.owns_account

  plans_pull_requests = !var.settings.protected
}
