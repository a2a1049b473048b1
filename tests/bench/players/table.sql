-- Columns stand in the order of the row class in domain.py.

create table {schema}.player (
    player text primary key,
    table_id text not null,
    name text not null,
    country text not null,
    seat bigint not null,
    stack bigint not null,
    hands bigint not null,
    moves bigint not null,
    last_sequence bigint not null,
    said_at timestamptz not null
);

create or replace view views.bench_players as
select player, name, stack, seat from {schema}.player;
