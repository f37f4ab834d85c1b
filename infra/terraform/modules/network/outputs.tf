output "worker_subnet_ids" {
  description = "Subnets of the workers, one a zone"
  value       = values(aws_subnet.private)[*].id
}

output "worker_security_group_id" {
  description = "Security group of the workers"
  value       = aws_security_group.worker.id
}

output "dual_stack" {
  description = "Whether workers must use the dual-stack endpoints of AWS"
  value       = local.dual_stack
}
