-- Columns stand in the order of the row classes in domain/rows.py, domain/set_rows.py,
-- contracts/attribution.py and contracts/links.py.

create table {schema}.event (
    event_id text primary key,
    figures jsonb not null,
    moments jsonb not null,
    snapshots jsonb not null,
    recomputed text not null
);

create table {schema}.event_figure (
    event_id text not null,
    from_seq bigint not null,
    to_seq bigint,
    said_at timestamptz not null,
    starting_chips bigint,
    total_entries bigint,
    payouts jsonb not null,
    primary key (event_id, from_seq)
);

create table {schema}.import (
    import_id text primary key,
    events jsonb not null,
    snapshots jsonb not null
);

create table {schema}.player (
    holder text primary key,
    player_id text not null,
    name text not null,
    name_key text not null,
    country_code text,
    first_seq bigint not null,
    name_seq bigint not null
);

create table {schema}.entrant (
    event_id text not null,
    holder text not null,
    player_id text not null,
    name text not null,
    name_key text not null,
    runs jsonb not null,
    state text,
    since timestamptz,
    until timestamptz,
    rank bigint,
    prize_won bigint,
    set_id text,
    re_entries bigint not null,
    last_sequence bigint not null,
    first_seq bigint not null,
    name_seq bigint not null,
    primary key (event_id, holder)
);

create table {schema}.former_name (
    event_id text not null,
    holder text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    name_key text not null,
    primary key (event_id, holder, from_seq)
);

create table {schema}.stack_bucket (
    event_id text not null,
    bucket bigint not null,
    stacks jsonb not null,
    alive jsonb not null,
    primary key (event_id, bucket)
);

create table {schema}.standing (
    set_id text primary key,
    event_id text not null,
    source text not null,
    at timestamptz not null,
    at_text text not null,
    import_id text not null,
    parts bigint not null,
    rows bigint not null,
    in_play bigint not null,
    chips bigint not null,
    median bigint,
    players_remaining bigint not null,
    remaining_counted boolean not null,
    full_count_at timestamptz,
    level_number bigint,
    day_number bigint,
    zone_assumed boolean not null,
    future boolean not null,
    corrected boolean not null,
    stacks jsonb not null,
    ranks jsonb not null
);

create table {schema}.standing_part (
    set_id text not null,
    first_position bigint not null,
    last_position bigint not null,
    rows jsonb not null,
    primary key (set_id, first_position)
);

-- Holders are compared as bytes, whatever the order of text in the database is.
create table {schema}.rank_part (
    set_id text not null,
    first_holder text collate "C" not null,
    ranks jsonb not null,
    primary key (set_id, first_holder)
);

create table {schema}.counted_set (
    event_id text not null,
    slot text not null,
    set_id text not null,
    source text not null,
    at timestamptz not null,
    from_seq bigint not null,
    known_at timestamptz not null,
    primary key (event_id, slot)
);

create table {schema}.former_set (
    set_id text primary key,
    event_id text not null,
    source text not null,
    at timestamptz not null,
    from_seq bigint not null,
    to_seq bigint not null,
    known_at timestamptz not null
);

create table {schema}.game (
    game_id text primary key,
    table_name text not null,
    table_type text not null
);

create table {schema}.seat (
    game_id text not null,
    start_ticks bigint not null,
    seat bigint not null,
    name text not null,
    long_name text not null,
    player_hash text not null,
    start_stack bigint not null,
    chips bigint not null,
    busted boolean not null,
    elimination_rank bigint not null,
    stated_at timestamptz not null,
    last_sequence bigint not null,
    primary key (game_id, start_ticks, seat)
);

create table {schema}.sitting (
    game_id text not null,
    seat bigint not null,
    player_hash text not null,
    primary key (game_id, seat, player_hash)
);

create table {schema}.operator_place (
    event_id text not null,
    person_id text not null,
    place bigint not null,
    reason text not null,
    actor text not null,
    said_at timestamptz not null,
    sequence bigint not null,
    primary key (event_id, person_id)
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

create index counted_set_by_time on {schema}.counted_set (event_id, at desc, source);
create index counted_set_by_id on {schema}.counted_set (set_id);
create index former_set_by_time on {schema}.former_set (event_id, at desc, source);
create index player_by_name on {schema}.player (name_key);
create index entrant_by_name on {schema}.entrant (event_id, name_key);
create index former_name_by_name on {schema}.former_name (name_key, event_id);
create index entrant_out on {schema}.entrant (event_id) where state in ('out', 'winner');
create index binding_of_event on {schema}.binding (event_id);
create index seat_with_chips on {schema}.seat (game_id, seat, player_hash, start_ticks)
    where chips > 0;
create index seat_of_bust on {schema}.seat (game_id, seat, player_hash, start_ticks) where busted;
create index correction_of_seat on {schema}.seat_correction (game_id, seat, from_ticks);

-- Every set that ever counted, with the time of its knowledge.
create view {schema}.told_slot as
select set_id, event_id, source, at, from_seq, null::bigint as to_seq, known_at
from {schema}.counted_set
union all
select set_id, event_id, source, at, from_seq, to_seq, known_at
from {schema}.former_set;

-- The same together with the figures of the event known meanwhile.
create view {schema}.told_set as
select
    slot.set_id,
    slot.event_id,
    slot.source,
    slot.at,
    standing.at_text,
    greatest(slot.from_seq, figure.from_seq) as from_seq,
    least(slot.to_seq, figure.to_seq) as to_seq,
    greatest(slot.known_at, figure.said_at) as known_at,
    standing.rows,
    standing.players_remaining,
    standing.remaining_counted,
    total.chips as chips_in_play,
    nullif(figure.starting_chips * figure.total_entries, 0) is null as chips_counted,
    total.chips / nullif(standing.players_remaining, 0) as average_stack,
    standing.median as median_stack,
    standing.full_count_at,
    standing.level_number,
    standing.day_number,
    standing.zone_assumed,
    standing.future,
    standing.corrected,
    nullif(standing.import_id, '') as import_id
from {schema}.told_slot as slot
join {schema}.standing as standing on standing.set_id = slot.set_id
join {schema}.event_figure as figure
    on
        figure.event_id = slot.event_id
        and (slot.to_seq is null or figure.from_seq < slot.to_seq)
        and (figure.to_seq is null or figure.to_seq > slot.from_seq)
-- A list of the best does not tell the chips of the others.
cross join lateral (
    select coalesce(
        nullif(figure.starting_chips * figure.total_entries, 0),
        case when standing.in_play = standing.players_remaining then standing.chips end
    ) as chips
) as total;

-- By which keys of a name each player of an event was known, and when: those of the list of
-- players, until then those of the rows that told of them.
create view {schema}.known_name as
select
    entrant.event_id,
    entrant.holder,
    player.name_key,
    greatest(entrant.first_seq, player.name_seq) as from_seq,
    null::bigint as to_seq
from {schema}.player as player
join {schema}.entrant as entrant on entrant.holder = player.holder
union all
select
    entrant.event_id,
    entrant.holder,
    former.name_key,
    greatest(entrant.first_seq, former.from_seq),
    former.to_seq
from {schema}.former_name as former
join {schema}.entrant as entrant
    on entrant.holder = former.holder and entrant.first_seq < former.to_seq
where former.event_id = ''
union all
select
    entrant.event_id,
    entrant.holder,
    entrant.name_key,
    entrant.name_seq,
    player.first_seq
from {schema}.entrant as entrant
left join {schema}.player as player on player.holder = entrant.holder
where player.holder is null or entrant.name_seq < player.first_seq
union all
select
    former.event_id,
    former.holder,
    former.name_key,
    former.from_seq,
    least(former.to_seq, player.first_seq)
from {schema}.former_name as former
left join {schema}.player as player on player.holder = former.holder
where
    former.event_id <> ''
    and (player.holder is null or former.from_seq < player.first_seq);

-- Bindings of games that count.
create view {schema}.counted_binding as
select
    binding.game_id,
    binding.event_id,
    binding.from_ticks,
    coalesce(binding.to_ticks, 9223372036854775807) as until_ticks
from {schema}.binding as binding
where
    not exists (
        select from {schema}.excluded_game as excluded
        where excluded.game_id = binding.game_id
    );

-- When each person of an event last had chips at a seat, and the last hand that took all of them.
-- Two halves: hardly any game has corrections, and without them every sitting is two index reads.
create view {schema}.played_part as
select
    binding.event_id,
    'g-' || sitting.player_hash as person_id,
    alive.stated_at as alive_at,
    bust.game_id,
    bust.start_ticks,
    bust.seat,
    bust.stated_at,
    null::text as person_name
from {schema}.counted_binding as binding
join {schema}.sitting as sitting on sitting.game_id = binding.game_id
left join lateral (
    select seat.stated_at
    from {schema}.seat as seat
    where
        seat.game_id = sitting.game_id
        and seat.seat = sitting.seat
        and seat.player_hash = sitting.player_hash
        and seat.start_ticks >= binding.from_ticks
        and seat.start_ticks < binding.until_ticks
        and seat.chips > 0
    order by seat.start_ticks desc
    limit 1
) as alive on true
left join lateral (
    select seat.*
    from {schema}.seat as seat
    where
        seat.game_id = sitting.game_id
        and seat.seat = sitting.seat
        and seat.player_hash = sitting.player_hash
        and seat.start_ticks >= binding.from_ticks
        and seat.start_ticks < binding.until_ticks
        and seat.busted
    order by seat.start_ticks desc
    limit 1
) as bust on true
where
    not exists (
        select from {schema}.seat_correction as correction
        where correction.game_id = binding.game_id
    )
union all
select
    binding.event_id,
    coalesce(correction.person_id, 'g-' || seat.player_hash),
    case when seat.chips > 0 then seat.stated_at end,
    case when seat.busted then seat.game_id end,
    case when seat.busted then seat.start_ticks end,
    case when seat.busted then seat.seat end,
    case when seat.busted then seat.stated_at end,
    coalesce(nullif(correction.long_name, ''), correction.name)
from {schema}.counted_binding as binding
join {schema}.seat as seat
    on
        seat.game_id = binding.game_id
        and seat.start_ticks >= binding.from_ticks
        and seat.start_ticks < binding.until_ticks
left join {schema}.seat_correction as correction
    on
        correction.game_id = seat.game_id
        and correction.seat = seat.seat
        and correction.from_ticks <= seat.start_ticks
        and (correction.to_ticks is null or seat.start_ticks <= correction.to_ticks)
where
    exists (
        select from {schema}.seat_correction as any_correction
        where any_correction.game_id = binding.game_id
    );

create type {schema}.lost_hand as (
    stated_at timestamptz,
    game_id text,
    start_ticks bigint,
    seat bigint,
    person_name text
);

-- The same by person, with links; a lost hand counts unless the person had chips later.
create view {schema}.played as
select
    person.event_id,
    person.person_id,
    person.alive_at,
    (person.lost).stated_at,
    (person.lost).game_id,
    (person.lost).start_ticks,
    (person.lost).seat,
    (person.lost).person_name
from (
    select
        part.event_id,
        coalesce(link.person_id, part.person_id) as person_id,
        max(part.alive_at) as alive_at,
        case
            when max(part.stated_at) > coalesce(max(part.alive_at), '-infinity') then
                (array_agg(
                    (part.stated_at, part.game_id, part.start_ticks, part.seat, part.person_name)
                    ::{schema}.lost_hand
                    order by part.stated_at desc, part.game_id, part.seat
                ) filter (where part.game_id is not null))[1]
        end as lost
    from {schema}.played_part as part
    left join {schema}.link as link on link.identity_id = part.person_id
    group by part.event_id, coalesce(link.person_id, part.person_id)
) as person;

-- Everybody who is out: said by the platform, whose rank counts while the set that told it does,
-- said by an operator, or played at a table. Chips at a table after the platform's last word, or
-- counted by the platform after a lost hand or an operator's word, take it back.
-- Who was told to be out by one snapshot alone is not, once that is replaced by one that leaves
-- them out.
create view {schema}.out_now as
-- Read once: without statistics the server would look each up anew for every row.
with hand as materialized (
    select
        played.*,
        coalesce(nullif(table_place.long_name, ''), table_place.name) as table_name,
        table_place.place as table_place
    from {schema}.played as played
    -- Ranks of a final table's record are places; of several out in one hand the larger stack is
    -- better, and equal ones share.
    left join lateral (
        select
            mine.name,
            mine.long_name,
            case when mine.elimination_rank > 0 and game.table_type = 'FINAL_TABLE' then
                min(other.elimination_rank)
                + count(*) filter (where other.start_stack > mine.start_stack)
            end as place
        from {schema}.seat as mine
        join {schema}.game as game on game.game_id = mine.game_id
        join {schema}.seat as other
            on
                other.game_id = mine.game_id
                and other.start_ticks = mine.start_ticks
                and other.busted
                and (other.elimination_rank > 0) = (mine.elimination_rank > 0)
        where
            mine.game_id = played.game_id
            and mine.start_ticks = played.start_ticks
            and mine.seat = played.seat
        group by
            mine.name,
            mine.long_name,
            mine.elimination_rank,
            mine.start_stack,
            game.table_type
    ) as table_place on true
),

-- Of an identity and the player it is linked to, the later word counts.
word as materialized (
    select
        newest.event_id,
        newest.person_id,
        newest.place,
        newest.said_at,
        hand.alive_at
    from (
        select distinct on (said.event_id, coalesce(link.person_id, said.person_id))
            said.event_id,
            coalesce(link.person_id, said.person_id) as person_id,
            said.place,
            said.said_at
        from {schema}.operator_place as said
        left join {schema}.link as link on link.identity_id = said.person_id
        order by said.event_id, coalesce(link.person_id, said.person_id), said.sequence desc
    ) as newest
    left join hand
        on hand.event_id = newest.event_id and hand.person_id = newest.person_id
    left join {schema}.stack_bucket as bucket
        on
            bucket.event_id = newest.event_id
            and bucket.bucket = get_byte(sha256(convert_to(newest.person_id, 'UTF8')), 0) % 64
    where
        not coalesce(hand.alive_at > newest.said_at, false)
        and not coalesce(
            (bucket.alive ->> newest.person_id)::timestamptz > newest.said_at, false
        )
),

bust as (
    select hand.*
    from hand
    left join {schema}.stack_bucket as bucket
        on
            bucket.event_id = hand.event_id
            and bucket.bucket = get_byte(sha256(convert_to(hand.person_id, 'UTF8')), 0) % 64
    where
        hand.game_id is not null
        and not coalesce((bucket.alive ->> hand.person_id)::timestamptz > hand.stated_at, false)
)

select
    entrant.event_id,
    entrant.holder as person_id,
    case when entrant.state = 'winner' then 'winner' else 'eliminated' end as status,
    case when told.before_chips then null else entrant.rank end as rank,
    case when told.before_chips then null else entrant.prize_won end as prize_won,
    coalesce(
        hand.stated_at,
        case when hand.alive_at > entrant.since then entrant.until else entrant.since end
    ) as eliminated_at,
    coalesce(nullif(entrant.name, ''), hand.person_name, hand.table_name) as person_name,
    entrant.re_entries,
    hand.game_id,
    hand.start_ticks,
    hand.seat,
    counted.set_id,
    word.place as said_place,
    hand.table_place
from {schema}.entrant as entrant
left join {schema}.counted_set as counted on counted.set_id = entrant.set_id
left join word
    on word.event_id = entrant.event_id and word.person_id = entrant.holder
left join hand
    on hand.event_id = entrant.event_id and hand.person_id = entrant.holder
-- A place that was told before somebody had chips at a table is not that of a later elimination.
cross join lateral (
    select counted.set_id is null or coalesce(hand.alive_at > counted.at, false) as before_chips
) as told
where
    entrant.state in ('out', 'winner')
    and (entrant.set_id is null or counted.set_id is not null or entrant.since < entrant.until)
    and entrant.until >= coalesce(hand.alive_at, '-infinity')
union all
select
    merged.event_id,
    merged.person_id,
    'eliminated',
    null,
    null,
    coalesce(bust.stated_at, word.said_at),
    coalesce(bust.person_name, bust.table_name),
    coalesce((
        select entrant.re_entries
        from {schema}.entrant as entrant
        where entrant.event_id = merged.event_id and entrant.holder = merged.person_id
    ), 0),
    bust.game_id,
    bust.start_ticks,
    bust.seat,
    null,
    word.place,
    bust.table_place
from bust
full join word using (event_id, person_id) as merged
where
    not exists (
        select from {schema}.entrant as entrant
        where
            entrant.event_id = merged.event_id
            and entrant.holder = merged.person_id
            and entrant.state in ('out', 'winner')
            and (
                entrant.set_id is null
                or entrant.since < entrant.until
                or exists (
                    select from {schema}.counted_set as counted
                    where counted.set_id = entrant.set_id
                )
            )
            and entrant.until >= coalesce(bust.alive_at, word.alive_at, '-infinity')
    );

-- Whether a fact of the platform waits, readable (its block) or not (its import or its event).
create view {schema}.platform_parked as
select exists (
    select from {schema}.parked
    where
        parked.block_key = 'wsop'
        or parked.block_key like 'evt.wsop.import.%'
        or parked.block_key like 'evt.wsop.event.%'
) as incomplete;

create or replace view views.standings_history as
select
    told.set_id,
    told.event_id,
    told.source,
    told.at,
    told.at_text,
    told.from_seq,
    told.to_seq,
    told.known_at,
    told.rows,
    told.players_remaining,
    told.remaining_counted,
    told.chips_in_play,
    told.chips_counted,
    told.average_stack,
    told.median_stack,
    told.full_count_at,
    told.level_number,
    told.day_number,
    told.zone_assumed,
    told.future,
    told.corrected,
    told.import_id
from {schema}.told_set as told;

-- The newest set of each source; `shown` is the one that holds.
create or replace view views.standings as
select
    newest.event_id,
    newest.source,
    newest.set_id,
    newest.at,
    newest.at_text,
    rank() over (
        partition by newest.event_id order by newest.at desc, newest.source
    ) = 1 as shown,
    newest.players_remaining,
    newest.remaining_counted,
    newest.rows,
    newest.chips_in_play,
    newest.chips_counted,
    newest.average_stack,
    newest.median_stack,
    newest.full_count_at,
    newest.level_number,
    newest.day_number,
    newest.zone_assumed,
    newest.future,
    newest.corrected,
    newest.import_id,
    newest.from_seq,
    newest.known_at,
    (select found.incomplete from {schema}.platform_parked as found) as incomplete
from (
    select distinct on (told.event_id, told.source) told.*
    from {schema}.told_set as told
    where told.to_seq is null
    order by told.event_id, told.source, told.at desc
) as newest;

-- When each set counted.
create or replace view views.standings_sets as
select
    slot.set_id,
    slot.event_id,
    slot.source,
    slot.at,
    slot.from_seq,
    slot.to_seq
from {schema}.told_slot as slot;

-- The rows of every set as they were told. The positions of a part are repeated so that a page need
-- not read all.
create or replace view views.standings_places as
select
    part.set_id,
    part.first_position,
    part.last_position,
    place.position,
    place.rank,
    place.holder,
    place.player_id is null as name_only,
    place.name as told_name,
    place.name_key,
    place.country_code,
    place.chips,
    place.table_num,
    place.seat_num,
    place.status,
    place.prize_won,
    place.stated_at,
    place.at
from {schema}.standing_part as part
cross join lateral jsonb_to_recordset(part.rows) as place (
    position bigint,
    rank bigint,
    holder text,
    chips bigint,
    player_id text,
    name text,
    name_key text,
    country_code text,
    table_num bigint,
    seat_num bigint,
    status text,
    prize_won bigint,
    stated_at timestamptz,
    at text
);

-- By which keys of a name the players of an event were known, and when.
create or replace view views.event_names as
select
    known.event_id,
    known.holder as person_id,
    known.name_key,
    known.from_seq,
    known.to_seq
from {schema}.known_name as known;

-- The same rows as they are to be read now: a row that only names somebody is a player where exactly
-- one player of the event has that name.
create or replace view views.standings_rows as
select
    place.set_id,
    standing.event_id,
    place.first_position,
    place.last_position,
    place.position,
    place.rank,
    place.holder,
    case when place.name_only then named.holder else place.holder end as person_id,
    place.name_only and named.holder is not null as by_name,
    coalesce(nullif(player.name, ''), place.told_name) as name,
    place.told_name,
    coalesce(place.country_code, player.country_code) as country_code,
    place.chips,
    place.table_num,
    place.seat_num,
    place.status,
    place.prize_won,
    coalesce(place.stated_at, standing.at) as stated_at,
    place.at
from views.standings_places as place
join {schema}.standing as standing on standing.set_id = place.set_id
left join lateral (
    select min(known.holder) as holder
    from {schema}.known_name as known
    where
        place.name_only
        and place.name_key <> ''
        and known.event_id = standing.event_id
        and known.name_key = place.name_key
        and known.to_seq is null
    having count(*) = 1
) as named on true
left join {schema}.player as player
    on player.holder = coalesce(named.holder, place.holder);

-- Rank by holder; 0 where two rows of a set share a name.
create or replace view views.standings_ranks as
select
    place.set_id,
    place.holder,
    case when count(*) = 1 then min(place.rank) else 0 end as rank
from views.standings_places as place
group by place.set_id, place.holder;

-- The same of imported sets, some holders at a time: from the first one on, as bytes.
create or replace view views.standings_rank_parts as
select
    part.set_id,
    part.first_holder,
    part.ranks
from {schema}.rank_part as part;

-- Everybody the platform ever told of in an event; `stub` is somebody without a word in the list of
-- players.
create or replace view views.event_players as
select
    entrant.event_id,
    entrant.holder as person_id,
    entrant.player_id,
    coalesce(nullif(player.name, ''), nullif(entrant.name, '')) as name,
    player.country_code,
    player.holder is null as stub,
    case when said.stands then coalesce(entrant.state, 'in') else 'in' end as state,
    case when said.stands then entrant.since end as state_since,
    entrant.re_entries,
    entrant.last_sequence
from {schema}.entrant as entrant
cross join lateral (
    select
        entrant.set_id is null
        or entrant.since < entrant.until
        or exists (
            select from {schema}.counted_set as counted where counted.set_id = entrant.set_id
        ) as stands
) as said
left join {schema}.player as player on player.holder = entrant.holder;

-- Who is out of an event. The place is the platform's, else an operator's, else a final table's,
-- else unknown; a prize is what the platform paid, else the mean of the places that are shared.
create or replace view views.eliminations as
select
    outs.event_id,
    outs.person_id,
    -- Asked for the rows of a page alone, not joined to everybody who is out.
    coalesce((
        select nullif(player.name, '') from {schema}.player as player
        where player.holder = outs.person_id
    ), outs.person_name) as name,
    -- Nobody is eliminated in the first place.
    case
        when outs.rank is null and outs.said_place = 1 then 'winner' else outs.status
    end as status,
    outs.place,
    outs.sharing,
    outs.place_source,
    coalesce(outs.prize_won, (
        select floor(sum(coalesce(band.amount, 0)) / outs.sharing)::bigint
        from generate_series(outs.place, outs.place + outs.sharing - 1) as shared (place)
        left join lateral (
            select (each ->> 'amount')::bigint as amount
            from {schema}.event_figure as figure
            cross join lateral jsonb_array_elements(figure.payouts) as each
            where
                figure.event_id = outs.event_id
                and figure.to_seq is null
                and shared.place
                between (each ->> 'place_start')::bigint and (each ->> 'place_end')::bigint
        ) as band on true
        having count(band.amount) > 0
    )) as prize,
    case when outs.prize_won is not null then 'wsop' else 'payouts' end as prize_source,
    outs.place is null as blocked,
    coalesce(outs.place, 2147483647) as sort_place,
    outs.eliminated_at,
    outs.game_id,
    outs.start_ticks,
    outs.seat,
    outs.set_id,
    outs.re_entries,
    (select found.incomplete from {schema}.platform_parked as found) as incomplete
from (
    select
        placed.*,
        case
            when placed.place is not null
                then count(*) over (partition by placed.event_id, placed.place)
        end as sharing
    from (
        select
            out_now.*,
            coalesce(out_now.rank, out_now.said_place, out_now.table_place) as place,
            case
                when out_now.rank is not null then 'wsop'
                when out_now.said_place is not null then 'operator'
                when out_now.table_place is not null then 'final_table'
            end as place_source
        from {schema}.out_now as out_now
    ) as placed
) as outs;
