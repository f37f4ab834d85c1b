# What `make deploy` needs, named as the settings that each feeds.

output "page_url" {
  description = "Where people go"
  value       = module.web.origin
}

output "api_url" {
  description = "Where programs go"
  value       = module.api["api"].url
}

output "machine_api_url" {
  description = "Where programs with client credentials go"
  value       = try(module.api["machine_api"].url, null)
}

output "portal_url" {
  description = "Where operators go"
  value       = module.portal.url
}

output "dashboard_url" {
  description = "Where one sees whether people get results in time"
  value       = module.monitoring.dashboard_url
}

output "artefacts_bucket" {
  description = "Where releases and weights go"
  value       = module.storage.artefacts.name
}

output "page" {
  description = "Where the page's files go, and what its config.json says"

  value = {
    bucket          = module.web.page_bucket
    distribution_id = module.web.distribution_id

    config = {
      apiUrl           = module.api["api"].url
      userPoolId       = module.auth.user_pool_id
      userPoolClientId = module.auth.spa_client_id
    }
  }
}

output "portal" {
  description = "What zappa_settings.json is made of"

  value = {
    project         = local.name # Zappa joins the two with a dash
    stage           = module.portal.stage
    role_name       = module.portal.role_name
    packages_bucket = module.portal.packages_bucket
    static_bucket   = module.web.portal_static.bucket

    environment = {
      IMAGES_BUCKET         = module.storage.images.name
      TASKS_TABLE           = module.tables.names["tasks"]
      TASK_QUEUE_URL        = module.queue.url
      DEAD_LETTER_QUEUE_URL = module.queue.dead_letter.url
      USER_POOL_ID          = module.auth.user_pool_id
      WORKER_GROUP          = module.workers.group_name
      OPERATORS_TABLE       = module.tables.names["operators"]
      SESSIONS_TABLE        = module.tables.names["sessions"]
      AUDIT_TABLE           = module.tables.names["audit"]
      RUNS_TABLE            = module.tables.names["runs"]
      PORTAL_URL            = module.portal.url
      ENVIRONMENT_NAME      = local.environment
      STATIC_URL            = "${module.web.origin}/portal-static/"
      ALARM_PREFIX          = "${local.name}-"
      OIDC_CLIENT_ID        = module.auth.portal_client_id
      COGNITO_DOMAIN_URL    = "https://${module.auth.domain}.auth.${var.region}.amazoncognito.com"
      PORTAL_SECRETS_ARN    = module.portal.secrets_arn
    }
  }
}

output "portal_client_secret" {
  description = "Client secret of the portal's sign-in, for the secret that the deploy fills"
  value       = module.auth.portal_client_secret
  sensitive   = true
}

output "worker_min_images_per_second" {
  description = "What the smallest group recognises"
  value       = module.workers.min_images_per_second
}

output "github_role_arns" {
  description = "Roles for the workflows' settings"
  value       = try(module.github[0].role_arns, null)
}

output "protected" {
  description = "Whether this environment refuses to be destroyed"
  value       = local.settings.protected
}
