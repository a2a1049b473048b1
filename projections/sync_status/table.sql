-- Columns stand in the order of the row classes in domain.py.

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
    primary key (source, entity_type, entity_id)
);

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
    exists (select from {schema}.parked where parked.block_key = entity_id) as incomplete
from {schema}.status;

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
