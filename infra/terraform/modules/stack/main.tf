# One region: everything that works while other regions are away. Users, tables, the page and the
# portal exist once per environment and come from modules/environment.

module "alarm_topic" {
  source  = "../alarm_topic"
  name    = var.name
  here    = var.here
  emails  = var.alarm_emails
  own_key = var.settings.own_keys
}

module "network" {
  source         = "../network"
  name           = var.name
  here           = var.here
  zone_count     = 2
  egress         = var.settings.egress
  log_bucket_arn = module.storage.logs.arn
  more_services  = var.rekognition_usd_a_day > 0 ? ["rekognition"] : []
}

module "storage" {
  source         = "../storage"
  name           = var.name
  here           = var.here
  retention_days = local.contract.settings.retention_days
  spa_origin     = var.spa_origin
  force_destroy  = !var.settings.protected
  replicated     = var.region_of_several != null
}

module "queue" {
  source                     = "../queue"
  name                       = "${var.name}-tasks"
  visibility_timeout_seconds = local.contract.settings.visibility_seconds
  max_receive_count          = local.contract.settings.max_receive_count
  alarms                     = local.contract.alarms
  start_seconds              = module.workers.start_seconds
  alarm_topic_arn            = module.alarm_topic.arn
}

module "functions" {
  source               = "../functions"
  name                 = var.name
  here                 = var.here
  images               = module.storage.images
  tasks_table          = var.tables["tasks"]
  words_table          = var.tables["words"]
  connections_table    = var.tables["connections"]
  exports_table        = var.tables["exports"]
  exports_queue        = { url = module.steps["write_export"].url, arn = module.steps["write_export"].arn }
  webhooks_table       = var.tables["webhooks"]
  deliveries_table     = var.tables["deliveries"]
  webhooks_queue       = { url = module.steps["deliver"].url, arn = module.steps["deliver"].arn }
  mail                 = local.mail
  erasures_queue       = { url = module.steps["erase_account"].url, arn = module.steps["erase_account"].arn }
  user_pool            = var.user_pool
  steps                = local.contract.steps
  live                 = { url = module.live.url, endpoint = module.live.endpoint, stage_arn = module.live.stage_arn }
  streams_table        = var.tables["streams"]
  frames_stream        = { arn = local.arns.frames_stream_arn, offered = var.live }
  task_queue           = module.queue
  paused_alarms        = merge(module.queue.backlog_alarms, { completions = module.workers.completions_alarm })
  spa_origin           = var.spa_origin
  code                 = local.code
  reserved_concurrency = var.settings.reserved_concurrency
  user_limits          = var.settings.user_limits
  start_seconds        = module.workers.start_seconds
  accept_heic          = var.accept_heic
  rekognition          = var.rekognition_usd_a_day
  offered_models       = var.models.offered
  detailed_monitoring  = var.settings.detailed_monitoring
  log_days             = var.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn
  regions              = try(var.region_of_several.regions, [])
  peer_health_urls     = try(var.region_of_several.peer_health_urls, [])
}

module "live" {
  source              = "../live"
  name                = var.name
  functions           = module.functions.functions
  tasks_stream_arn    = var.tables["tasks"].stream_arn
  announce            = local.contract.announce
  detailed_monitoring = var.settings.detailed_monitoring
  log_days            = var.settings.log_days
  alarm_topic_arn     = module.alarm_topic.arn
}

module "index_words" {
  source              = "../stream_reader"
  name                = var.name
  function            = merge(module.functions.functions["index_words"], { function = "index_words" })
  stream_arn          = var.tables["tasks"].stream_arn
  reading             = local.contract.index_words
  runbook             = "search-index"
  detailed_monitoring = var.settings.detailed_monitoring
  alarm_topic_arn     = module.alarm_topic.arn
}

module "steps" {
  source = "../steps"

  # By function: what it means that a message was given up
  for_each = {
    write_export  = "A user's export could not be written."
    deliver       = "What a user's webhook has to send was given up."
    erase_account = "The data of a user who deleted their account was not all deleted."
  }

  name                = var.name
  function            = module.functions.functions[each.key]
  steps               = local.contract.steps[each.key]
  text                = each.value
  detailed_monitoring = var.settings.detailed_monitoring
  alarm_topic_arn     = module.alarm_topic.arn
}

module "frames" {
  source = "../frames"
  count  = var.live ? 1 : 0

  name            = var.name
  egress          = var.settings.egress
  alarm_topic_arn = module.alarm_topic.arn
}

module "api" {
  source   = "../api"
  for_each = local.apis

  name          = "${var.name}${each.value.suffix}"
  here          = var.here
  functions     = module.functions.functions
  user_pool_arn = var.user_pool.arn
  spa_origin    = var.spa_origin
  scope         = each.value.scope
  domain        = lookup(var.domains, each.key, null)
  front = var.region_of_several == null ? null : {
    health_check_id = var.region_of_several.front.health_check_id
    own_host        = each.key == "api" ? var.region_of_several.front.own_host : null
  }
  requests_per_second  = var.settings.requests_per_second
  requests_per_address = var.settings.requests_per_address
  latency_alarm        = var.settings.detailed_monitoring
  manage_account       = each.key == "api" && var.settings.owns_account
  log_days             = var.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn
}

module "workers" {
  source               = "../workers"
  name                 = var.name
  here                 = var.here
  subnet_ids           = module.network.worker_subnet_ids
  dual_stack           = module.network.dual_stack
  security_group_id    = module.network.worker_security_group_id
  release              = local.worker_release
  artefacts_bucket_arn = module.storage.artefacts.arn
  policy               = templatefile("${path.module}/../../../policies/worker.json", local.arns)
  task_queue_name      = module.queue.name
  size                 = var.settings.workers
  asks_rekognition     = var.rekognition_usd_a_day > 0
  log_days             = var.settings.log_days
  alarm_topic_arn      = module.alarm_topic.arn

  environment = {
    TASKS_TABLE    = var.tables["tasks"].name
    TASK_QUEUE_URL = module.queue.url
    IMAGES_BUCKET  = module.storage.images.name
    ACCEPT_HEIC    = var.accept_heic
    METRICS_DETAIL = var.settings.detailed_monitoring ? "full" : "basic"
    DEFAULT_MODELS = join(",", var.models.usual)
    FINE_WHEN_IDLE = var.fine_when_idle

    REKOGNITION_USD_A_DAY = var.rekognition_usd_a_day

    FRAMES_STREAM_ARN = var.live ? local.arns.frames_stream_arn : ""
    STREAMS_TABLE     = var.tables["streams"].name
    CONNECTIONS_TABLE = var.tables["connections"].name
    LIVE_ENDPOINT     = module.live.endpoint
  }
}

module "monitoring" {
  source                 = "../monitoring"
  name                   = var.name
  here                   = var.here
  api_name               = module.api["api"].name
  task_queue_name        = module.queue.name
  dead_letter_queue_name = module.queue.dead_letter.name
  worker_group_name      = module.workers.group_name
  start_seconds          = module.workers.start_seconds
  error_budgets          = var.settings.detailed_monitoring
  log_group_names        = concat([module.workers.log_group_name], [for it in module.functions.functions : it.log_group_name])
  alarm_topic_arn        = module.alarm_topic.arn
}
