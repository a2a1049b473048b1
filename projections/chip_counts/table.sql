-- Columns stand in the order of the row classes in domain.py.

create table {schema}.game (
    game_id text primary key,
    table_name text not null,
    hands bigint not null,
    last_start_ticks bigint,
    open_periods jsonb not null
);

create table {schema}.period (
    game_id text not null,
    seat bigint not null,
    from_seq bigint not null,
    to_seq bigint,
    name text not null,
    long_name text not null,
    stack bigint not null,
    in_play boolean not null,
    dealt_in boolean not null,
    small_blind bigint not null,
    big_blind bigint not null,
    ante bigint not null,
    start_ticks bigint not null,
    hand_num bigint not null,
    state text not null,
    statement_at timestamptz not null,
    said_at timestamptz not null,
    primary key (game_id, seat, from_seq),
    check (to_seq > from_seq)
);

-- Finds what is known now without walking the history. It cannot be unique: one batch may write
-- the next period of a seat before it closes the one before.
create index period_now on {schema}.period (game_id, seat) where to_seq is null;

-- The ordinal counts the hands known now: an older hand that arrives late moves it.
create or replace view views.chips as
select
    period.game_id,
    game.table_name,
    period.seat,
    period.name,
    period.long_name,
    period.stack,
    period.in_play,
    period.dealt_in,
    period.small_blind,
    period.big_blind,
    period.ante,
    game.hands - 1 as ordinal,
    period.hand_num,
    period.start_ticks,
    period.state,
    period.statement_at,
    period.from_seq,
    period.said_at,
    exists (select from {schema}.parked where parked.block_key = period.game_id) as incomplete
from {schema}.period as period
join {schema}.game as game on game.game_id = period.game_id
where period.to_seq is null;

create or replace view views.chip_periods as
select
    game_id,
    seat,
    from_seq,
    to_seq,
    name,
    long_name,
    stack,
    in_play,
    dealt_in,
    small_blind,
    big_blind,
    ante,
    hand_num,
    start_ticks,
    state,
    statement_at,
    said_at
from {schema}.period;
