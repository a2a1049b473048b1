-- Columns stand in the order of the row classes in domain/rows.py and domain/import_rows.py.

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
    rows_created bigint not null,
    rows_changed bigint not null,
    rows_rejected bigint not null,
    pulled boolean not null,
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

-- The newest runs are shown first, of all sources or of one.
create index run_newest on {schema}.run (sequence desc);
create index run_of_entity on {schema}.run (source, entity_id, sequence desc);

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

create table {schema}.import (
    import_id text primary key,
    path text not null,
    file_name text not null,
    sha256 text not null,
    bytes bigint not null,
    content_at timestamptz not null,
    kind text,
    status text not null,
    layout text,
    exported_at timestamptz,
    rows bigint not null,
    created bigint not null,
    changed bigint not null,
    corrected bigint not null,
    unchanged bigint not null,
    duplicates bigint not null,
    superseded bigint not null,
    rejected bigint not null,
    fields_rejected bigint not null,
    noted bigint not null,
    findings bigint not null,
    unknown_columns jsonb not null,
    unknown_columns_count bigint not null,
    same_as text,
    skips bigint not null,
    error_code text,
    error text,
    position text,
    started_at timestamptz,
    closed_at timestamptz,
    duration_ms bigint,
    sequence bigint not null,
    last_sequence bigint not null,
    imported_by text not null
);

-- The newest imports are shown first, and of each kind the last one; one is looked for by its bytes
-- or its path, however long.
create index import_newest on {schema}.import (sequence desc);
create index import_of_kind on {schema}.import (kind, sequence desc) where status <> 'skipped';
create index import_bytes on {schema}.import (sha256);
create index import_path on {schema}.import using hash (path);

create table {schema}.finding (
    import_id text not null,
    number bigint not null,
    outcome text not null,
    at text not null,
    field text not null,
    scope text not null,
    code text not null,
    sentence text not null,
    sequence bigint not null,
    primary key (import_id, number)
);

create table {schema}.change (
    import_id text not null,
    sequence bigint not null,
    changes bigint not null,
    primary key (import_id, sequence)
);

-- Rows of the file that were looked at: all of them, once an import is closed.
create view {schema}.seen as
select
    import.*,
    import.created
    + import.changed
    + import.corrected
    + import.unchanged
    + import.duplicates
    + import.superseded
    + import.rejected as rows_seen
from {schema}.import as import;

create or replace view views.sync_status as
select
    status.source,
    status.entity_type,
    status.entity_id,
    status.status,
    status.last_synced_at,
    status.last_file_path,
    status.last_file_sha256,
    status.files_recorded,
    status.files_rejected,
    status.skipped_duplicate
    + status.skipped_stale
    + status.skipped_unchanged as files_skipped,
    status.skipped_duplicate,
    status.skipped_stale,
    status.skipped_unchanged,
    status.hands_recorded,
    status.hands_revised,
    status.consecutive_failures,
    status.last_error,
    status.last_error_at,
    status.last_sequence,
    -- Only some facts of an import tell its kind: one that is set aside may be of any.
    exists (
        select from {schema}.parked
        where parked.block_key = status.entity_id
            or (status.source = 'wsop' and starts_with(parked.block_key, 'evt.wsop.'))
    ) as incomplete,
    status.files_removed,
    status.enabled,
    status.time_zone,
    status.interval_s,
    status.sync_id,
    status.operation,
    status.attempt,
    status.retry_at,
    status.next_due_at,
    status.last_run_at,
    status.last_run_ms,
    status.rows_created,
    status.rows_changed,
    status.rows_rejected,
    status.pulled,
    newest.import_id,
    newest.path as import_path,
    newest.status as import_status,
    newest.rows as import_rows,
    newest.rows_seen as import_rows_seen,
    newest.created as import_created,
    newest.changed + newest.corrected as import_changed,
    newest.unchanged as import_unchanged,
    newest.rejected as import_rejected,
    newest.fields_rejected as import_fields_rejected,
    newest.error as import_error,
    newest.started_at as import_started_at,
    newest.closed_at as import_closed_at
from {schema}.status as status
-- The newest import of a kind that was not only known bytes: how far it is, or how it went.
left join lateral (
    select seen.* from {schema}.seen as seen
    where status.source = 'wsop' and seen.kind = status.entity_id and seen.status <> 'skipped'
    order by seen.sequence desc
    limit 1
) as newest on true;

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

create or replace view views.imports as
select
    import_id,
    path,
    file_name,
    sha256,
    bytes,
    content_at,
    kind,
    status,
    layout,
    exported_at,
    rows,
    created,
    changed,
    corrected,
    unchanged,
    duplicates,
    superseded,
    rejected,
    fields_rejected,
    noted,
    findings,
    unknown_columns,
    unknown_columns_count,
    same_as,
    skips,
    error_code,
    error,
    position,
    started_at,
    closed_at,
    duration_ms,
    sequence,
    last_sequence,
    exists (
        select from {schema}.parked where parked.block_key = 'evt.wsop.import.' || import_id
    ) as incomplete,
    rows_seen,
    imported_by
from {schema}.seen;

-- The facts of an import that changed fields, and how many each; what they are, the log tells.
create or replace view views.import_changes as
select
    change.import_id,
    change.sequence,
    change.changes
from {schema}.change as change;

create or replace view views.import_findings as
select
    finding.import_id,
    finding.number,
    finding.outcome,
    finding.at,
    finding.field,
    finding.scope,
    finding.code,
    finding.sentence,
    finding.sequence
from {schema}.finding
join {schema}.import on import.import_id = finding.import_id
where finding.number <= import.findings;
