output "functions" {
  description = "By module name: name, arn, invoke_arn"
  value       = module.function
}

output "closed_role_names" {
  description = "Roles of the functions that store, show or queue pictures for users"
  value       = [for name in ["get_result", "list_results", "retry_result", "upload"] : module.function[name].role_name]
}
