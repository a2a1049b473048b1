-- Columns stand in the order of the row classes in domain.py.

create table {schema}.game (
    game_id text primary key,
    table_name text not null,
    table_type text not null,
    created_utc text not null,
    software text not null,
    event_title text not null,
    hands bigint not null,
    last_start_ticks bigint,
    last_hand_num bigint,
    last_started_at timestamptz,
    absent jsonb not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    said_at timestamptz not null
);

create table {schema}.hand (
    game_id text not null,
    start_ticks bigint not null,
    hand_num bigint not null,
    start_utc text not null,
    started_at timestamptz not null,
    duration_ticks bigint not null,
    variant text not null,
    bet_structure text not null,
    recording_offset text not null,
    state text not null,
    small_blind bigint not null,
    big_blind bigint not null,
    ante bigint not null,
    ante_type text not null,
    button_seat bigint not null,
    small_blind_seat bigint not null,
    big_blind_seat bigint not null,
    board jsonb not null,
    players jsonb not null,
    actions jsonb not null,
    pot_total bigint not null,
    pot_called bigint not null,
    uncalled bigint not null,
    uncalled_seat bigint,
    collected jsonb not null,
    over_award boolean not null,
    showdown boolean not null,
    digest text not null,
    source_path text not null,
    source_sha256 text not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    revised bigint not null,
    said_at timestamptz not null,
    primary key (game_id, start_ticks)
);

-- The newest game of a table is asked for by name.
create index game_of_table on {schema}.game (table_name, last_start_ticks desc);

create or replace view views.games as
select
    game_id,
    table_name,
    table_type,
    created_utc,
    software,
    event_title,
    hands,
    last_start_ticks,
    last_hand_num,
    last_started_at,
    jsonb_array_length(absent) as absent_hands,
    first_sequence,
    last_sequence,
    said_at,
    exists (select from {schema}.parked where parked.block_key = game_id) as incomplete
from {schema}.game;

create or replace view views.hands as
select
    hand.game_id,
    row_number() over (partition by hand.game_id order by hand.start_ticks) - 1 as ordinal,
    hand.start_ticks,
    hand.hand_num,
    hand.start_utc,
    hand.started_at,
    hand.duration_ticks,
    hand.variant,
    hand.bet_structure,
    hand.state,
    hand.small_blind,
    hand.big_blind,
    hand.ante,
    hand.ante_type,
    hand.button_seat,
    hand.small_blind_seat,
    hand.big_blind_seat,
    hand.board,
    hand.players,
    hand.actions,
    hand.pot_total,
    hand.pot_called,
    hand.uncalled,
    hand.uncalled_seat,
    hand.collected,
    hand.over_award,
    hand.showdown,
    hand.digest,
    hand.revised,
    game.absent @> to_jsonb(hand.start_ticks::text) as absent,
    hand.first_sequence,
    hand.last_sequence,
    hand.said_at,
    exists (select from {schema}.parked where parked.block_key = hand.game_id) as incomplete
from {schema}.hand as hand
join {schema}.game as game on game.game_id = hand.game_id;
