locals {
  name = "spotter-${var.environment}"

  here = {
    account_id = data.aws_caller_identity.this.account_id
    region     = data.aws_region.this.region
  }

  # `python -m infra.deploy.contract` writes this file from the code.
  contract = jsondecode(file("${path.module}/../../contract.json"))

  released = nonsensitive(zipmap(
    [for name in data.aws_ssm_parameters_by_path.release.names : basename(name)],
    data.aws_ssm_parameters_by_path.release.values,
  ))

  release = {
    lambdas = try(local.released.lambdas, null)
    worker  = try(local.released.worker, null)
  }

  # AWS keeps 100 unreserved for all other functions. An account with less than that and our sum can reserve
  # nothing: a new one has ten in all.
  account_concurrency  = coalesce(var.options.account_concurrency, var.settings.account_concurrency)
  can_reserve          = local.account_concurrency >= 100 + sum(concat([0], values(var.settings.reserved_concurrency)))
  reserved_concurrency = local.can_reserve ? var.settings.reserved_concurrency : {}

  domain          = var.options.domain
  machine_clients = var.options.machine_clients

  domains = local.domain == null ? {} : {
    page        = { name = local.domain.name, zone_id = local.domain.zone_id }
    api         = { name = "api.${local.domain.name}", zone_id = local.domain.zone_id }
    machine_api = { name = "machine-api.${local.domain.name}", zone_id = local.domain.zone_id }
    portal      = { name = "portal.${local.domain.name}", zone_id = local.domain.zone_id }
  }

  # The placeholders in infra/policies/portal.json
  arns = merge(module.stack.arns, { user_pool_arn = module.auth.user_pool_arn })
}
