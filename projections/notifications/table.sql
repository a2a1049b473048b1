-- Columns stand in the order of the row class in domain.py.

create table {schema}.notification (
    notification_id text primary key,
    type text not null,
    level text not null,
    title text not null,
    message text not null,
    source text not null,
    entity_type text not null,
    entity_id text not null,
    audience text not null,
    causation_id text not null,
    raised_at timestamptz not null,
    sequence bigint not null
);

-- The newest of one audience are shown first.
create index notification_newest on {schema}.notification (audience, sequence desc);

create or replace view views.notifications as
select
    notification_id,
    type,
    level,
    title,
    message,
    source,
    entity_type,
    entity_id,
    audience,
    causation_id,
    raised_at,
    sequence
from {schema}.notification;
