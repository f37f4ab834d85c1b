"""Django's settings. What differs between environments comes from `portal.environment`."""

from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

from pipeline.core import storage
from pipeline.core.controls import Controls
from pipeline.core.defaults import DefaultsItem
from pipeline.core.dynamo import bind
from pipeline.core.exports.record import Export
from pipeline.core.keys.record import KeysItem
from pipeline.core.keys.tokens import KeyToken
from pipeline.core.live.connections import Connection
from pipeline.core.live.streams import Stream
from pipeline.core.quotas import Quota
from pipeline.core.regions import load_regions
from pipeline.core.rekognition import Spending
from pipeline.core.reports import WorkerReport
from pipeline.core.sharing import SharingItem
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.refusals import RefusalCount
from pipeline.core.usage import UsageDay
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook
from portal.environment import env
from portal.tables import TABLES

IN_THE_TABLE_OF_TASKS = (
    Task,
    RefusalCount,
    Controls,
    Quota,
    Spending,
    WorkerReport,
    DefaultsItem,
    SharingItem,
    KeysItem,
    KeyToken,
    UsageDay,
)
bind(
    env.aws_region,
    {
        **dict.fromkeys(IN_THE_TABLE_OF_TASKS, env.tasks_table),
        Stream: env.streams_table,
        Export: env.exports_table,
        Webhook: env.webhooks_table,
        Delivery: env.deliveries_table,
        Connection: env.connections_table,
        **{model: getattr(env, name) for name, model in TABLES.items()},
    },
)

BASE_DIR = Path(__file__).resolve().parent

DEBUG = False
SECRET_KEY = env.secrets.django_secret_key
ALLOWED_HOSTS = [env.host]
CSRF_TRUSTED_ORIGINS = [env.portal_url]
# CloudFront puts the operators' host there: API Gateway must see its own in Host.
USE_X_FORWARDED_HOST = env.is_https
# CloudFront adds the stage of Zappa's API; Zappa would put it into every link as well.
FORCE_SCRIPT_NAME = "" if env.is_https else None

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "portal.apps.PortalConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mozilla_django_oidc",
    "portal.remote",
    "portal.access",
    "portal.actions",
    "portal.users",
    "portal.tasks",
    "portal.queues",
    "portal.doors",
    "portal.limits",
    "portal.regions",
    "portal.rekognition",
    "portal.streams",
    "portal.webhooks",
    "portal.corrections",
    "portal.workers",
]

MIDDLEWARE = [
    "portal.access.middleware.security_headers",
    "portal.actions.refusals.record_refusals",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.access.middleware.session_guard",
    "portal.access.second_factor_page.second_factor_guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.access.failures.AwsFailureMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps: ours replace unfold's.
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# There is no SQL server. Code that would need one raises an error.
DATABASES: dict[str, Any] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

STATIC_URL = env.static_url
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    # The users' pictures, for operators to look at by signed address.
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.images_bucket,
            "client_config": storage.CLIENT_CONFIG,
            "querystring_expire": int(storage.URL_LIFETIME.total_seconds()),
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if (BASE_DIR / "manifest").exists():
    STORAGES["staticfiles"] = {"BACKEND": "portal.storage.PackagedStaticStorage"}
    # On Lambda the files themselves are on S3.
    STATICFILES_DIRS = []

AUTH_USER_MODEL = "operators.Operator"
AUTHENTICATION_BACKENDS = [
    "portal.access.cognito.CognitoBackend",
    "portal.access.passwords.PasswordBackend",
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGIN_REDIRECT_URL_FAILURE = "/login/?refused"
LOGOUT_REDIRECT_URL = LOGIN_URL

OIDC_RP_CLIENT_ID = env.oidc_client_id
OIDC_RP_CLIENT_SECRET = env.secrets.oidc_client_secret
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid email"
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 5
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{env.cognito_domain_url}/oauth2/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{env.cognito_domain_url}/oauth2/token"
OIDC_OP_USER_ENDPOINT = f"{env.cognito_domain_url}/oauth2/userInfo"
OIDC_OP_JWKS_ENDPOINT = env.jwks_url
OIDC_OP_LOGOUT_URL_METHOD = "portal.access.cognito.get_logout_url"

SESSION_ENGINE = "portal.access.sessions"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
# Not Strict: the way back from Cognito's page must bring the session along.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.access.failures.refuse_forged_form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.is_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if env.is_https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Signed URLs and addresses stand in its debug lines.
    "loggers": {"botocore": {"level": "WARNING"}, "pynamodb": {"level": "WARNING"}},
}


def _link(title: str, icon: str, model: str, permission: str) -> dict[str, object]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": lambda request: request.user.has_perm(permission),
    }


BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Spotter portal",
    "SITE_HEADER": "Spotter",
    "SITE_SUBHEADER": "Operators' portal",
    "SITE_SYMBOL": "center_focus_strong",
    "SITE_URL": None,
    "ENVIRONMENT": "portal.site.get_badge",
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": BLUE},
    "STYLES": [
        lambda request: static("portal/portal.css"),
        lambda request: static("portal/charts.css"),
    ],
    "SCRIPTS": [
        lambda request: static("portal/portal.js"),
        lambda request: static("portal/charts.js"),
        lambda request: static("portal/local-time.js"),
    ],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": [
            {
                "items": [
                    {
                        "title": "Health",
                        "icon": "monitor_heart",
                        "link": reverse_lazy("admin:index"),
                    },
                    {
                        "title": "Time",
                        "icon": "monitoring",
                        "link": reverse_lazy("admin:dashboard_time"),
                    },
                    _link("Tasks", "photo_library", "tasks_task", "tasks.view_task"),
                    _link("Queues", "stacks", "queues_queue", "queues.view_queue"),
                    _link(
                        "Dead letters",
                        "mark_email_unread",
                        "queues_deadletter",
                        "queues.view_deadletter",
                    ),
                    _link("Workers", "memory", "workers_worker", "workers.view_worker"),
                    _link("Streams", "videocam", "streams_stream", "streams.view_stream"),
                    _link("Webhooks", "webhook", "webhooks_webhook", "webhooks.view_webhook"),
                    _link(
                        "Corrections",
                        "rate_review",
                        "corrections_disagreement",
                        "corrections.view_disagreement",
                    ),
                    _link("Users", "group", "users_user", "users.view_user"),
                    _link("Doors", "door_front", "doors_door", "doors.view_door"),
                    _link("Limits", "speed", "limits_limit", "limits.view_limit"),
                    _link("Rekognition", "payments", "rekognition_day", "rekognition.view_day"),
                    *(
                        [_link("Regions", "public", "regions_region", "regions.view_region")]
                        if load_regions().names
                        else []
                    ),
                ]
            },
            {
                "title": "Records",
                "separator": True,
                "items": [
                    _link("Background runs", "sync", "operators_run", "operators.view_run"),
                    _link(
                        "Audit log", "history", "operators_auditentry", "operators.view_auditentry"
                    ),
                    _link("Operators", "badge", "operators_operator", "operators.view_operator"),
                ],
            },
        ],
    },
}
