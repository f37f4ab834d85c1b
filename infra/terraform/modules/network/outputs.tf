output "private_subnet_ids" {
  description = "Subnets of the workers, one a zone"
  value       = values(aws_subnet.private)[*].id
}

output "worker_security_group_id" {
  description = "Security group of the workers"
  value       = aws_security_group.worker.id
}
