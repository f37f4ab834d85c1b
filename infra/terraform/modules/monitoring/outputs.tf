output "dashboard_url" {
  description = "The dashboard in the console"
  value       = "https://${var.here.region}.console.aws.amazon.com/cloudwatch/home?region=${var.here.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

output "logs_url" {
  description = "Link to the logs of one task; {task_id} stands for its id"
  value       = local.logs_url
}

output "result_seconds" {
  description = "Seconds from queueing to result that count as in time, with the start of a fleet that was asleep"
  value       = var.result_seconds + var.start_seconds
}

output "objective" {
  description = "Share of requests and pictures that must go well"
  value       = var.objective
}
