-- Columns stand in the order of the row classes in domain/rows.py, contracts/attribution.py and
-- contracts/links.py.

create table {schema}.event (
    event_id text primary key,
    known boolean not null,
    event_name text,
    event_number bigint,
    event_type text,
    start_date text,
    end_date text,
    start_time text,
    timezone text,
    buy_in bigint,
    rake bigint,
    fee bigint,
    prize_pool bigint,
    guaranteed_pool bigint,
    total_entries bigint,
    unique_entries bigint,
    reentries_count bigint,
    starting_chips bigint,
    table_count bigint,
    status text,
    venue text,
    description text,
    notes text,
    tags jsonb not null,
    blind_structure jsonb not null,
    payouts jsonb not null,
    places_paid bigint,
    proofs jsonb not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    said_at timestamptz not null
);

create table {schema}.import (
    import_id text primary key,
    kind text not null,
    path text not null,
    sha256 text not null,
    content_at timestamptz not null,
    started_at timestamptz not null,
    status text not null,
    closed_seq bigint
);

create table {schema}.remaining (
    event_id text not null,
    source text not null,
    own_at timestamptz not null,
    import_id text not null,
    players_remaining bigint,
    counted boolean not null,
    at text not null,
    sequence bigint not null,
    primary key (event_id, source, own_at, import_id)
);

create table {schema}.hand (
    game_id text not null,
    start_ticks bigint not null,
    small_blind bigint not null,
    big_blind bigint not null,
    ante bigint not null,
    primary key (game_id, start_ticks)
);

create table {schema}.word (
    event_id text not null,
    sequence bigint not null,
    word text not null,
    minutes bigint,
    person_id text,
    place bigint,
    reason text not null,
    actor text not null,
    said_at timestamptz not null,
    primary key (event_id, sequence)
);

create table {schema}.excluded_game (
    game_id text primary key,
    reason text not null,
    actor text not null,
    sequence bigint not null
);

create table {schema}.binding (
    game_id text not null,
    from_ticks bigint not null,
    to_ticks bigint,
    event_id text not null,
    actor text not null,
    sequence bigint not null,
    primary key (game_id, from_ticks)
);

create table {schema}.seat_correction (
    game_id text not null,
    correction_id text not null,
    seat bigint not null,
    from_ticks bigint not null,
    to_ticks bigint,
    person_id text not null,
    name text not null,
    long_name text not null,
    reason text not null,
    actor text not null,
    sequence bigint not null,
    primary key (game_id, correction_id)
);

create table {schema}.link (
    identity_id text primary key,
    person_id text not null,
    sequence bigint not null
);

create index binding_of_event on {schema}.binding (event_id);

-- Events somebody told of, and those that only a binding names.
create view {schema}.named_event as
select event.event_id, event.known from {schema}.event as event
union all
select distinct binding.event_id, false
from {schema}.binding as binding
where not exists (
    select from {schema}.event as event where event.event_id = binding.event_id
);

-- Figures of players left that count; of one time the newest import holds.
create view {schema}.counted_remaining as
select distinct on (remaining.event_id, remaining.source, remaining.own_at)
    remaining.*
from {schema}.remaining as remaining
left join {schema}.import as import on import.import_id = remaining.import_id
where
    remaining.source = 'events'
    or (import.closed_seq is not null and import.status <> 'abandoned')
order by
    remaining.event_id,
    remaining.source,
    remaining.own_at,
    coalesce(import.closed_seq, remaining.sequence) desc;

-- Whether a fact of an import waits, readable (its block) or not (its import), or an operator's word.
create view {schema}.platform_parked as
select exists (
    select from {schema}.parked
    where parked.block_key = 'wsop' or starts_with(parked.block_key, 'evt.wsop.')
) as incomplete;

create or replace view views.events as
select
    named.event_id,
    'wsop' as kind,
    named.known,
    event.event_name,
    event.event_number,
    event.event_type,
    event.start_date,
    event.end_date,
    event.start_time,
    event.timezone,
    event.buy_in,
    event.rake,
    event.fee,
    event.prize_pool,
    event.guaranteed_pool,
    event.total_entries,
    event.unique_entries,
    event.reentries_count,
    event.starting_chips,
    event.table_count,
    event.status,
    event.venue,
    event.description,
    event.notes,
    event.tags,
    event.places_paid,
    remaining.players_remaining,
    remaining.source as remaining_source,
    remaining.own_at as remaining_at,
    remaining.counted as remaining_counted,
    blinds.small_blind,
    blinds.big_blind,
    blinds.ante,
    blinds.game_id as blinds_game_id,
    blinds.start_ticks as blinds_start_ticks,
    case when levels.matches = 1 then levels.level end as current_level,
    levels.matches as levels_matching,
    event.last_sequence,
    event.said_at,
    (select found.incomplete from {schema}.platform_parked as found) as incomplete
from {schema}.named_event as named
left join {schema}.event as event on event.event_id = named.event_id
left join lateral (
    select counted.*
    from {schema}.counted_remaining as counted
    where counted.event_id = named.event_id
    order by counted.own_at desc, counted.source desc
    limit 1
) as remaining on true
left join lateral (
    select hand.*
    from {schema}.binding as binding
    join {schema}.hand as hand
        on
            hand.game_id = binding.game_id
            and hand.start_ticks >= binding.from_ticks
            and (binding.to_ticks is null or hand.start_ticks < binding.to_ticks)
    where
        binding.event_id = named.event_id
        and not exists (
            select from {schema}.excluded_game as excluded
            where excluded.game_id = binding.game_id
        )
    order by hand.start_ticks desc, hand.game_id
    limit 1
) as blinds on true
left join lateral (
    select
        count(*) as matches,
        min((each ->> 'level')::bigint) as level
    from jsonb_array_elements(event.blind_structure) as each
    where
        not (each ->> 'is_break')::boolean
        and (each ->> 'small_blind')::bigint = blinds.small_blind
        and (each ->> 'big_blind')::bigint = blinds.big_blind
        and (each ->> 'ante')::bigint = blinds.ante
) as levels on true;

-- Every value with the file, and the place in it, that told it.
create or replace view views.event_fields as
select
    event.event_id,
    proof.key as field,
    to_jsonb(event) -> proof.key as value,
    proof.value ->> 'import_id' as import_id,
    import.path,
    import.sha256,
    proof.value ->> 'at' as at,
    (proof.value ->> 'sequence')::bigint as sequence,
    (proof.value ->> 'told_at')::timestamptz as told_at
from {schema}.event as event
cross join lateral jsonb_each(event.proofs) as proof
left join {schema}.import as import on import.import_id = proof.value ->> 'import_id';

create or replace view views.event_payouts as
select
    event.event_id,
    (band ->> 'place_start')::bigint as place_start,
    (band ->> 'place_end')::bigint as place_end,
    (band ->> 'amount')::bigint as amount
from {schema}.event as event
cross join lateral jsonb_array_elements(event.payouts) as band;

create or replace view views.event_levels as
select
    event.event_id,
    line.position,
    (line.value ->> 'level')::bigint as level,
    (line.value ->> 'small_blind')::bigint as small_blind,
    (line.value ->> 'big_blind')::bigint as big_blind,
    (line.value ->> 'ante')::bigint as ante,
    (line.value ->> 'duration_minutes')::bigint as duration_minutes,
    (line.value ->> 'is_break')::boolean as is_break
from {schema}.event as event
cross join lateral
    jsonb_array_elements(event.blind_structure) with ordinality as line (value, position);

create or replace view views.event_remaining as
select
    counted.event_id,
    counted.own_at,
    counted.source,
    counted.players_remaining,
    counted.counted,
    counted.import_id,
    counted.at,
    counted.sequence
from {schema}.counted_remaining as counted;

-- Everything operators said, with the person whom the named id is now. Of a hold the newest word
-- holds; of somebody's place too, unless it took the place back.
create or replace view views.event_words as
select
    said.event_id,
    said.sequence,
    said.word,
    said.minutes,
    said.person_id,
    said.told_person_id,
    said.place,
    said.reason,
    said.actor,
    said.said_at,
    said.word <> 'elimination_withdrawn' and not exists (
        select from {schema}.word as later
        where
            later.event_id = said.event_id
            and later.sequence > said.sequence
            and later.person_id is not distinct from said.told_person_id
    ) as holds
from (
    select
        word.event_id,
        word.sequence,
        word.word,
        word.minutes,
        coalesce(link.person_id, word.person_id) as person_id,
        word.person_id as told_person_id,
        word.place,
        word.reason,
        word.actor,
        word.said_at
    from {schema}.word as word
    left join {schema}.link as link on link.identity_id = word.person_id
) as said;
