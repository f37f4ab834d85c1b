"""Values that several tests of the local system share."""

from infra.local.state import AccessKey, Person, State

KEY = AccessKey(access_key_id="AKIAEXAMPLE", secret_access_key="secret")
STATE = State(
    supervisor_pid=123456,
    endpoint="http://127.0.0.1:4566",
    region="us-east-1",
    api_url="http://127.0.0.1:4566/_aws/execute-api/spotter/v1",
    user_pool_id="us-east-1_example",
    client_id="client",
    portal_url="http://127.0.0.1:8010",
    spa_origin="http://localhost:5173",
    task_queue_url="http://127.0.0.1:4566/000000000000/tasks",
    dead_letter_queue_url="http://127.0.0.1:4566/000000000000/tasks-dlq",
    people=[Person(email="demo@example.com", password="Spotter-demo-1", group="")],
    worker_key=KEY,
    root_key=AccessKey(access_key_id="AKIAROOT", secret_access_key="root secret"),
)
