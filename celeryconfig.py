"""Celery's own settings. The broker carries hints; the database is the truth."""

from kombu import Queue

from outreach.core import environment as env

broker_url = env.text("OUTREACH_BROKER_URL", "memory://localhost")
_redis = broker_url.startswith(("redis", "rediss"))
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # the default of 100 lets a worker give up for good
broker_transport_options = (
    {
        # Without these a publish on a dead connection never returns.
        "socket_timeout": 15,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "global_keyprefix": "outreach:",
    }
    if _redis
    else {"polling_interval": 0.2}
)
task_serializer, accept_content = "json", ["json"]
result_backend, task_ignore_result = None, True
task_publish_retry_policy = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}
task_default_queue = task_default_routing_key = "default"
# Both are named here, and a worker takes both unless it is told -Q: from a queue that is named nowhere no
# worker would ever take anything, and nothing would say so.
task_queues = (Queue("default", routing_key="default"), Queue("mail", routing_key="mail"))
# What mails have a queue of their own, so that a machine may be set apart for them (-Q mail). On one machine
# they delay no post without that too: see tasks/seats.py.
task_routes = {name: {"queue": "mail", "routing_key": "mail"} for name in ("tasks.deliver", "tasks.confirm")}
imports = ("tasks.ticks",)
task_acks_late = False  # a lease in the row does this job, without double runs
worker_prefetch_multiplier, worker_max_tasks_per_child = 1, 500
task_soft_time_limit, task_time_limit = 240, 300  # prefork only; every outbound call has its own timeout
worker_soft_shutdown_timeout = 20  # with REMAP_SIGTERM=SIGQUIT
worker_hijack_root_logger = worker_send_task_events = False
worker_redirect_stdouts = _redis
worker_enable_remote_control = beat_enable_remote_control = _redis
timezone, enable_utc, beat_max_loop_interval = "UTC", True, 1
beat_scheduler = "celery.beat:Scheduler"  # plain intervals need no memory, and no file in the current folder


def _every(seconds: float, task: str) -> dict[str, object]:
    """A tick: a plain interval, thrown away when nobody took it in time.

    Not less than ten seconds: the clocks of two machines may differ by a few.
    """
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 10.0)}}


beat_schedule = {
    "poll": _every(5.0, "tasks.poll"),
    "plan": _every(2.0, "tasks.plan"),
    "look": _every(2.0, "tasks.look"),
    "publish": _every(2.0, "tasks.publish"),
    "settle": _every(5.0, "tasks.settle"),
    "check": _every(60.0, "tasks.check"),
    "issues": _every(5.0, "tasks.issues"),
    "deliver": _every(2.0, "tasks.deliver"),
    "confirm": _every(2.0, "tasks.confirm"),
    "lists": _every(2.0, "tasks.lists"),
    "prune": _every(3600.0, "tasks.prune"),
}
