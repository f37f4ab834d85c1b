output "images" {
  description = "Bucket of the pictures: name, arn, domain_name"
  value       = module.images
}

output "artefacts" {
  description = "Bucket of the releases: name, arn, domain_name"
  value       = module.artefacts
}

output "logs" {
  description = "Bucket of the access logs: name, arn, domain_name"
  value       = module.logs
}
