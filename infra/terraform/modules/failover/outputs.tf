output "health_check_ids" {
  description = "Region to the health check that decides whether it gets callers"
  value       = { for region, it in aws_route53_health_check.region : region => it.id }
}
