-- Columns stand in the order of the row classes in domain/rows.py.

create table {schema}.status (
    source text not null,
    entity_type text not null,
    entity_id text not null,
    status text not null,
    last_synced_at timestamptz,
    last_file_path text not null,
    last_file_sha256 text not null,
    files_recorded bigint not null,
    files_rejected bigint not null,
    skipped_duplicate bigint not null,
    skipped_stale bigint not null,
    skipped_unchanged bigint not null,
    hands_recorded bigint not null,
    hands_revised bigint not null,
    consecutive_failures bigint not null,
    last_error text,
    last_error_at timestamptz,
    last_sequence bigint not null,
    files_removed bigint not null,
    enabled boolean not null,
    time_zone text,
    interval_s bigint not null,
    sync_id text,
    operation text,
    attempt bigint not null,
    retry_at timestamptz,
    next_due_at timestamptz,
    last_run_at timestamptz,
    last_run_ms bigint,
    primary key (source, entity_type, entity_id)
);

create table {schema}.run (
    source text not null,
    entity_type text not null,
    entity_id text not null,
    sync_id text not null,
    operation text not null,
    attempt bigint not null,
    status text not null,
    due_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    files bigint not null,
    recorded bigint not null,
    skipped bigint not null,
    rejected bigint not null,
    unchanged bigint not null,
    duration_ms bigint,
    error text,
    retry_at timestamptz,
    sequence bigint not null,
    last_sequence bigint not null,
    primary key (source, entity_type, entity_id, sync_id)
);

-- The newest runs are shown first, of all tables or of one.
create index run_newest on {schema}.run (sequence desc);
create index run_of_table on {schema}.run (source, entity_id, sequence desc);

create table {schema}.file (
    table_name text not null,
    path text not null,
    sha256 text not null,
    game_id text,
    outcome text not null,
    reason text not null,
    detail text not null,
    bytes bigint not null,
    said_at timestamptz not null,
    sequence bigint not null,
    primary key (table_name, path, sha256)
);

-- The newest files of a table are shown first.
create index file_newest on {schema}.file (table_name, sequence desc);

create or replace view views.sync_status as
select
    source,
    entity_type,
    entity_id,
    status,
    last_synced_at,
    last_file_path,
    last_file_sha256,
    files_recorded,
    files_rejected,
    skipped_duplicate + skipped_stale + skipped_unchanged as files_skipped,
    skipped_duplicate,
    skipped_stale,
    skipped_unchanged,
    hands_recorded,
    hands_revised,
    consecutive_failures,
    last_error,
    last_error_at,
    last_sequence,
    exists (select from {schema}.parked where parked.block_key = entity_id) as incomplete,
    files_removed,
    enabled,
    time_zone,
    interval_s,
    sync_id,
    operation,
    attempt,
    retry_at,
    next_due_at,
    last_run_at,
    last_run_ms
from {schema}.status;

create or replace view views.sync_runs as
select
    source,
    entity_type,
    entity_id,
    sync_id,
    operation,
    attempt,
    status,
    due_at,
    started_at,
    ended_at,
    files,
    recorded,
    skipped,
    rejected,
    unchanged,
    duration_ms,
    error,
    retry_at,
    sequence,
    last_sequence
from {schema}.run;

create or replace view views.sync_files as
select
    table_name,
    path,
    sha256,
    game_id,
    outcome,
    reason,
    detail,
    bytes,
    said_at,
    sequence
from {schema}.file;
