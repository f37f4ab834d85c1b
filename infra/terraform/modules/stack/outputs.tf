output "api_url" {
  description = "Address of the API"
  value       = module.api["api"].url
}

output "api_origin" {
  description = "Scheme and host of the API"
  value       = module.api["api"].origin
}

output "live_origin" {
  description = "Scheme and host of the WebSocket API"
  value       = module.live.origin
}

output "live_endpoint" {
  description = "Where messages are sent to sockets, and sockets are closed"
  value       = module.live.endpoint
}

output "api_name" {
  description = "Name of the API, the dimension of its metrics"
  value       = module.api["api"].name
}

output "result_seconds" {
  description = "Seconds from queueing to result that count as in time"
  value       = module.monitoring.result_seconds
}

output "objective" {
  description = "Share of requests and pictures that must go well"
  value       = module.monitoring.objective
}

output "machine_api_url" {
  description = "Address of the API for programs; null without one"
  value       = try(module.api["machine_api"].url, null)
}

output "task_queue_url" {
  description = "URL of the task queue"
  value       = module.queue.url
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue"
  value       = module.queue.dead_letter.url
}

output "images_bucket" {
  description = "Bucket of the pictures"
  value       = module.storage.images.name
}

output "artefacts_bucket" {
  description = "Bucket of the releases and weights"
  value       = local.artefacts
}

output "log_bucket" {
  description = "Bucket of the access logs"
  value       = module.storage.logs.name
}

output "worker_group_name" {
  description = "Name of the workers' Auto Scaling group"
  value       = module.workers.group_name
}

output "worker_min_images_per_second" {
  description = "Images per second that the smallest group recognises"
  value       = module.workers.min_images_per_second
}

output "dashboard_url" {
  description = "The dashboard in the console"
  value       = module.monitoring.dashboard_url
}

output "logs_url" {
  description = "Link to the logs of one task; {task_id} stands for its id"
  value       = module.monitoring.logs_url
}

output "alarm_topic_arn" {
  description = "Topic that the alarms of this region go to"
  value       = module.alarm_topic.arn
}

output "alarm_key_arn" {
  description = "Key that encrypts the alarms of this region; null without one"
  value       = module.alarm_topic.key_arn
}

output "arns" {
  description = "ARNs by the names of the placeholders in infra/policies"
  value       = local.arns
}

output "functions" {
  description = "By module name: name, arn, invoke_arn"
  value       = module.functions.functions
}

output "images" {
  description = "Bucket of the pictures: name, arn"
  value       = { name = module.storage.images.name, arn = module.storage.images.arn }
  depends_on  = [module.storage] # It has versions before something is copied
}

output "webhooks_queue_url" {
  description = "URL of the queue whose messages send the deliveries of webhooks"
  value       = module.steps["deliver"].url
}
