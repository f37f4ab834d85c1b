output "live_origin" {
  description = "Scheme and host of this region's WebSocket API"
  value       = module.stack.live_origin
}

output "alarm_topic_arn" {
  description = "Topic that the alarms of this region go to"
  value       = module.stack.alarm_topic_arn
}

output "images" {
  description = "Bucket of this region's pictures: name, arn"
  value       = module.stack.images
}

output "page" {
  description = "Bucket of the page in this region: name, arn"
  value       = { name = module.page.name, arn = module.page.arn }
  depends_on  = [module.page] # It has versions before something is copied
}

output "artefacts_bucket" {
  description = "Bucket of this region's releases and weights"
  value       = module.stack.artefacts_bucket
}

output "task_queue_url" {
  description = "URL of this region's task queue"
  value       = module.stack.task_queue_url
}

output "api_url" {
  description = "Address of the API"
  value       = module.stack.api_url
}
