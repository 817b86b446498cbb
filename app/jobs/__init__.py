"""Work that outlives a request: ingestion. The only user of the queue (DBOS) and of the ingestion package."""
