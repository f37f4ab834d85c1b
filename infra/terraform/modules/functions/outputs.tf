output "functions" {
  description = "By module name: name, arn, invoke_arn"
  value       = module.function
}
