"""A city on several machines: a log of three replicas before the acknowledgement, a database behind it.

boxes -> Mosquitto -> ingest, several ($share) -> NATS JetStream -> keeper -> PostgreSQL, later Parquet -> page
"""
