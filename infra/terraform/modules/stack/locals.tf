locals {
  # `python -m infra.deploy.contract` writes this file from the code.
  contract = jsondecode(file("${path.module}/../../contract.json"))

  # Of an identity that is an address mails come from this address, of one that is a domain from ours in it.
  mail_identity = var.email_identity_arn == null ? "" : split("identity/", var.email_identity_arn)[1]

  mail = {
    identity_arn = coalesce(var.email_identity_arn, "arn:aws:ses:${var.here.region}:${var.here.account_id}:identity/none")
    sender       = local.mail_identity == "" || strcontains(local.mail_identity, "@") ? local.mail_identity : "spotter@${local.mail_identity}"
  }

  artefacts = module.storage.artefacts.name

  code = {
    bucket = local.artefacts
    key    = var.release.lambdas == null ? module.storage.empty_package_key : "lambdas/${var.release.lambdas}.zip"
  }

  worker_release = var.release.worker == null ? null : {
    bucket = local.artefacts
    key    = "worker/${var.release.worker}.tar.gz"
    sha256 = var.release.worker
  }

  # People and programs have an API each, because API Gateway checks either ID tokens or access tokens.
  apis = merge(
    { api = { suffix = "", scope = null } },
    var.machine_api ? { machine_api = { suffix = "-machine", scope = "spotter/recognise" } } : {},
  )

  # The placeholders in infra/policies
  arns = merge(
    {
      images_bucket_arn     = module.storage.images.arn
      task_queue_arn        = module.queue.arn
      exports_queue_arn     = module.steps["write_export"].arn
      webhooks_queue_arn    = module.steps["deliver"].arn
      erasures_queue_arn    = module.steps["erase_account"].arn
      live_api_arn          = module.live.stage_arn
      frames_stream_arn     = "arn:aws:kinesis:${var.here.region}:${var.here.account_id}:stream/${var.name}-frames"
      dead_letter_queue_arn = module.queue.dead_letter.arn
      alarms_arn            = "arn:aws:cloudwatch:${var.here.region}:${var.here.account_id}:alarm:${var.name}-*"
      worker_group_arn      = "arn:aws:autoscaling:${var.here.region}:${var.here.account_id}:autoScalingGroup:*:autoScalingGroupName/${var.name}-workers"
    },
    { for name, table in var.tables : "${name}_table_arn" => table.arn },
  )
}
