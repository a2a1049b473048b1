-- Columns stand in the order of the row class in domain.py.

create table {schema}.render (
    render_id text primary key,
    session_id text not null,
    item_id text not null,
    composition text not null,
    theme text not null,
    duration_s bigint not null,
    field_hash text not null,
    status text not null,
    attempt bigint not null,
    progress bigint not null,
    worker text,
    engine text,
    engine_version text,
    outputs jsonb not null,
    warnings jsonb not null,
    render_ms bigint,
    error_code text,
    error_message text,
    requested_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    last_sequence bigint not null
);

-- A desk asks for the renders of one session.
create index render_of_session on {schema}.render (session_id, requested_at desc);

create or replace view views.renders as
select
    render_id,
    session_id,
    item_id,
    composition,
    theme,
    duration_s,
    field_hash,
    status,
    attempt,
    progress,
    worker,
    engine,
    engine_version,
    outputs,
    warnings,
    render_ms,
    error_code,
    error_message,
    requested_at,
    started_at,
    ended_at,
    last_sequence,
    exists (select from {schema}.parked where parked.block_key = render_id) as incomplete
from {schema}.render;
