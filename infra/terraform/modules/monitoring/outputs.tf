output "dashboard_url" {
  description = "The dashboard in the console"
  value       = "https://${var.here.region}.console.aws.amazon.com/cloudwatch/home?region=${var.here.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

output "logs_url" {
  description = "What the logs say of a task; its id goes where {task_id} stands"
  value       = local.logs_url
}
