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

output "empty_package_key" {
  description = "Key of the package that functions have before the first deploy"
  value       = aws_s3_object.before_first_deploy.key
}
