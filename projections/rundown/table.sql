-- Columns stand in the order of the row classes in domain.py.

create table {schema}.session (
    session_id text primary key,
    code text not null,
    event_name text not null,
    broadcast_date text not null,
    status text not null,
    on_air jsonb not null,
    created_at timestamptz not null,
    last_sequence bigint not null
);

create table {schema}.sheet (
    session_id text not null,
    sheet_id text not null,
    name text not null,
    sheet_type text not null,
    status text not null,
    sort_order bigint not null,
    current_item_id text,
    last_sequence bigint not null,
    primary key (session_id, sheet_id)
);

create table {schema}.item (
    session_id text not null,
    item_id text not null,
    sheet_id text not null,
    cue_number text not null,
    composition text not null,
    layer text not null,
    title text not null,
    parameters jsonb not null,
    duration_s bigint,
    sort_order bigint not null,
    status text not null,
    times_aired bigint not null,
    trigger_id text,
    render_id text,
    aired_at timestamptz,
    ended_by text,
    end_reason text,
    ended_at timestamptz,
    last_sequence bigint not null,
    primary key (session_id, item_id)
);

create table {schema}.trigger (
    session_id text not null,
    trigger_id text not null,
    sheet_id text not null,
    item_id text not null,
    cue_number text not null,
    composition text not null,
    title text not null,
    layer text not null,
    trigger_type text not null,
    taken_by text not null,
    binding jsonb,
    render_id text,
    ended jsonb not null,
    taken_at timestamptz not null,
    sequence bigint not null,
    primary key (session_id, trigger_id)
);

-- The as-run log of a session is read newest first.
create index trigger_newest on {schema}.trigger (session_id, sequence desc);

create or replace view views.sessions as
select
    session_id,
    code,
    event_name,
    broadcast_date,
    status,
    on_air,
    created_at,
    last_sequence,
    exists (select from {schema}.parked where parked.block_key = session_id) as incomplete
from {schema}.session;

create or replace view views.sheets as
select
    sheet.session_id,
    sheet.sheet_id,
    sheet.name,
    sheet.sheet_type,
    sheet.status,
    sheet.sort_order,
    sheet.current_item_id,
    count(item.item_id) as items,
    count(item.item_id) filter (where item.status = 'completed') as completed_items,
    sheet.last_sequence
from {schema}.sheet as sheet
left join {schema}.item as item
    on item.session_id = sheet.session_id and item.sheet_id = sheet.sheet_id
group by sheet.session_id, sheet.sheet_id;

create or replace view views.items as
select
    session_id,
    sheet_id,
    item_id,
    cue_number,
    composition,
    layer,
    title,
    parameters,
    duration_s,
    sort_order,
    status,
    times_aired,
    trigger_id,
    render_id,
    aired_at,
    ended_by,
    end_reason,
    ended_at,
    last_sequence
from {schema}.item;

create or replace view views.triggers as
select
    session_id,
    trigger_id,
    sheet_id,
    item_id,
    cue_number,
    composition,
    title,
    layer,
    trigger_type,
    taken_by,
    binding,
    render_id,
    ended,
    taken_at,
    sequence
from {schema}.trigger;
