-- Columns stand in the order of the row classes in domain/rows.py, contracts/attribution.py and
-- contracts/links.py.

create table {schema}.game (
    game_id text primary key,
    table_name text not null,
    table_type text not null,
    created_utc text not null,
    software text not null,
    event_title text not null,
    hands bigint not null,
    settled_hands bigint not null,
    unsettled_hands bigint not null,
    edited_hands bigint not null,
    start_ticks jsonb not null,
    last_start_ticks bigint,
    last_hand_num bigint,
    last_started_at timestamptz,
    clock_offset_minutes bigint,
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
    events bigint not null,
    seats_listed bigint not null,
    seats_dealt bigint not null,
    live_players bigint not null,
    sum_start bigint not null,
    sum_end bigint not null,
    pot_total bigint not null,
    pot_called bigint not null,
    pot_checks bigint not null,
    pot_mismatches bigint not null,
    uncalled bigint not null,
    uncalled_seat bigint,
    net jsonb not null,
    collected jsonb not null,
    over_award boolean not null,
    showdown boolean not null,
    showdown_rank bigint,
    showdown_best_seats jsonb not null,
    board_rank bigint,
    busted jsonb not null,
    duplicate_cards jsonb not null,
    legality jsonb not null,
    risks jsonb not null,
    grade_auto text not null,
    grade_manual text,
    grade_rules text not null,
    premium_hand boolean not null,
    long_play boolean not null,
    board_combo boolean not null,
    eligible boolean not null,
    edit_start_ms bigint not null,
    unproven boolean not null,
    quiet boolean not null,
    findings jsonb not null,
    digest text not null,
    source_path text not null,
    source_sha256 text not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    revised bigint not null,
    said_at timestamptz not null,
    primary key (game_id, start_ticks)
);

create table {schema}.hand_seat (
    game_id text not null,
    start_ticks bigint not null,
    seat bigint not null,
    name text not null,
    long_name text not null,
    player_hash text not null,
    dealt_in boolean not null,
    sitting_out boolean not null,
    live boolean not null,
    start_stack bigint not null,
    end_stack bigint not null,
    contribution bigint not null,
    net bigint not null,
    collected bigint,
    hole_cards jsonb not null,
    all_in boolean not null,
    covered boolean not null,
    asked boolean not null,
    busted boolean not null,
    elimination_rank bigint not null,
    vpip_percent bigint not null,
    pfr_percent bigint not null,
    aggression_percent bigint not null,
    showdown_percent bigint not null,
    counted boolean not null,
    voluntary bigint not null,
    raised bigint not null,
    aggressive bigint not null,
    passive bigint not null,
    flops bigint not null,
    showdowns bigint not null,
    last_sequence bigint not null,
    primary key (game_id, start_ticks, seat)
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

-- The newest game of a table is asked for by name, the newest hands of all tables by time.
create index game_of_table on {schema}.game (table_name, last_start_ticks desc);
create index hand_by_time on {schema}.hand (started_at desc);
-- Hands of an event come by its bindings; a person's seats by the identity, by its links or by
-- corrections.
create index binding_of_event on {schema}.binding (event_id);
create index seat_of_identity
    on {schema}.hand_seat (('g-' || player_hash), game_id, start_ticks);
-- Who is there, and the newest spelling of each, is found by one look per identity.
create index seat_of_names on {schema}.hand_seat (player_hash, start_ticks, game_id, seat);
create index link_of_person on {schema}.link (person_id);
create index correction_of_seat on {schema}.seat_correction (game_id, seat, from_ticks);

-- Whom the names of a seat mean: the player of a verified link, or the identity itself. Two halves
-- instead of one outer join, so that a search by person finds an index in each.
create view {schema}.identified as
select
    hand_seat.*,
    'g-' || hand_seat.player_hash as person_id
from {schema}.hand_seat as hand_seat
where
    not exists (
        select from {schema}.link as link
        where link.identity_id = 'g-' || hand_seat.player_hash
    )
union all
select
    hand_seat.*,
    link.person_id
from {schema}.link as link
join {schema}.hand_seat as hand_seat on 'g-' || hand_seat.player_hash = link.identity_id;

-- Who sat where: whom the names mean where no correction covers the seat, else whom it says. That
-- may be an identity too, and then its link holds. The names stay those of the source.
create view {schema}.seated as
select
    identified.*,
    identified.name as person_name,
    identified.long_name as person_long_name,
    null::text as correction_id
from {schema}.identified as identified
where
    not exists (
        select from {schema}.seat_correction as correction
        where
            correction.game_id = identified.game_id
            and correction.seat = identified.seat
            and correction.from_ticks <= identified.start_ticks
            and (correction.to_ticks is null or identified.start_ticks <= correction.to_ticks)
    )
union all
select
    hand_seat.*,
    coalesce(link.person_id, correction.person_id) as person_id,
    correction.name as person_name,
    correction.long_name as person_long_name,
    correction.correction_id
from {schema}.seat_correction as correction
left join {schema}.link as link on link.identity_id = correction.person_id
join {schema}.hand_seat as hand_seat
    on
        hand_seat.game_id = correction.game_id
        and hand_seat.seat = correction.seat
        and correction.from_ticks <= hand_seat.start_ticks
        and (correction.to_ticks is null or hand_seat.start_ticks <= correction.to_ticks);

-- The hands that count, each with its place in the game: the rank by start ticks, counted because
-- an older hand that arrives late moves it.
create view {schema}.counted_hand as
select
    hand.*,
    game.table_name,
    game.table_type,
    game.absent @> to_jsonb(hand.start_ticks::text) as absent,
    binding.event_id,
    hand.unproven and hand.start_ticks = game.last_start_ticks as provisional,
    (
        select count(*) from {schema}.hand as earlier
        where earlier.game_id = hand.game_id and earlier.start_ticks < hand.start_ticks
    ) as ordinal
from {schema}.hand as hand
join {schema}.game as game on game.game_id = hand.game_id
left join {schema}.binding as binding
    on
        binding.game_id = hand.game_id
        and binding.from_ticks <= hand.start_ticks
        and (binding.to_ticks is null or hand.start_ticks < binding.to_ticks)
where
    not exists (
        select from {schema}.excluded_game as excluded where excluded.game_id = hand.game_id
    );

-- Every identity once, from one index entry to the next: there are many seats and few people.
create view {schema}.listed_identity as
with recursive listed (player_hash) as (
    (
        select seat.player_hash from {schema}.hand_seat as seat
        order by seat.player_hash
        limit 1
    )
    union all
    select (
        select seat.player_hash from {schema}.hand_seat as seat
        where seat.player_hash > listed.player_hash
        order by seat.player_hash
        limit 1
    )
    from listed
    where listed.player_hash is not null
)

select listed.player_hash from listed
where listed.player_hash is not null;

create or replace view views.games as
select
    game.game_id,
    game.table_name,
    game.table_type,
    game.created_utc,
    game.software,
    game.event_title,
    game.hands,
    game.last_start_ticks,
    game.last_hand_num,
    game.last_started_at,
    jsonb_array_length(game.absent) as absent_hands,
    game.first_sequence,
    game.last_sequence,
    game.said_at,
    exists (select from {schema}.parked where parked.block_key = game.game_id) as incomplete,
    excluded.game_id is not null as excluded,
    excluded.reason as exclusion_reason,
    binding.event_id,
    game.settled_hands,
    game.unsettled_hands,
    game.edited_hands,
    game.clock_offset_minutes
from {schema}.game as game
left join {schema}.excluded_game as excluded on excluded.game_id = game.game_id
left join {schema}.binding as binding
    on
        binding.game_id = game.game_id
        and binding.from_ticks <= coalesce(game.last_start_ticks, 0)
        and (
            binding.to_ticks is null or coalesce(game.last_start_ticks, 0) < binding.to_ticks
        );

create or replace view views.bindings as
select
    binding.game_id,
    binding.from_ticks,
    binding.to_ticks,
    (
        select count(*) from {schema}.hand as hand
        where hand.game_id = binding.game_id and hand.start_ticks < binding.from_ticks
    ) as from_ordinal,
    case when binding.to_ticks is not null then (
        select count(*) from {schema}.hand as hand
        where hand.game_id = binding.game_id and hand.start_ticks < binding.to_ticks
    ) end as to_ordinal,
    binding.event_id,
    binding.actor,
    binding.sequence
from {schema}.binding as binding
where
    not exists (
        select from {schema}.excluded_game as excluded where excluded.game_id = binding.game_id
    );

create or replace view views.seat_corrections as
select
    correction.game_id,
    correction.correction_id,
    correction.seat,
    correction.from_ticks,
    correction.to_ticks,
    (
        select count(*) from {schema}.hand as hand
        where hand.game_id = correction.game_id and hand.start_ticks < correction.from_ticks
    ) as from_ordinal,
    case when correction.to_ticks is not null then (
        select count(*) - 1 from {schema}.hand as hand
        where hand.game_id = correction.game_id and hand.start_ticks <= correction.to_ticks
    ) end as to_ordinal,
    correction.person_id,
    correction.name,
    correction.long_name,
    correction.reason,
    correction.actor,
    correction.sequence
from {schema}.seat_correction as correction
where
    not exists (
        select from {schema}.excluded_game as excluded where excluded.game_id = correction.game_id
    );

create or replace view views.hands as
select
    hand.game_id,
    hand.ordinal,
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
    hand.absent,
    hand.first_sequence,
    hand.last_sequence,
    hand.said_at,
    exists (select from {schema}.parked where parked.block_key = hand.game_id) as incomplete,
    hand.table_name,
    hand.table_type,
    hand.event_id,
    hand.provisional,
    not hand.provisional as final,
    hand.events,
    hand.seats_listed,
    hand.seats_dealt,
    hand.pot_checks,
    hand.pot_mismatches,
    hand.net,
    hand.sum_start,
    hand.sum_end,
    hand.showdown_rank,
    hand.showdown_best_seats,
    hand.board_rank,
    coalesce(hand.grade_manual, hand.grade_auto) as grade,
    case when hand.grade_manual is null then 'auto' else 'manual' end as graded_by,
    hand.grade_auto,
    hand.grade_manual,
    hand.grade_rules,
    hand.premium_hand,
    hand.long_play,
    hand.board_combo,
    hand.eligible,
    hand.edit_start_ms,
    hand.busted,
    hand.duplicate_cards,
    hand.legality
from {schema}.counted_hand as hand;

create or replace view views.hand_seats as
select
    seat.game_id,
    seat.start_ticks,
    hand.ordinal,
    hand.hand_num,
    hand.table_name,
    hand.event_id,
    hand.started_at,
    hand.duration_ticks,
    hand.state,
    hand.big_blind,
    seat.seat,
    seat.name,
    seat.long_name,
    seat.player_hash,
    seat.person_id,
    seat.person_name,
    seat.person_long_name,
    seat.correction_id,
    exists (
        select from {schema}.seated as other
        where
            other.game_id = seat.game_id
            and other.start_ticks = seat.start_ticks
            and other.seat <> seat.seat
            and other.person_id = seat.person_id
    ) as on_two_seats,
    seat.dealt_in,
    seat.sitting_out,
    seat.live,
    seat.start_stack,
    seat.end_stack,
    seat.contribution,
    seat.net,
    seat.collected,
    seat.hole_cards,
    seat.all_in,
    seat.covered,
    (seat.all_in and seat.covered) or (seat.asked and hand.provisional) as at_risk,
    seat.asked and hand.provisional as to_call,
    seat.busted,
    seat.elimination_rank,
    seat.vpip_percent,
    seat.pfr_percent,
    seat.aggression_percent,
    seat.showdown_percent,
    seat.counted,
    seat.voluntary,
    seat.raised,
    seat.aggressive,
    seat.passive,
    seat.flops,
    seat.showdowns,
    seat.last_sequence
from {schema}.seated as seat
join {schema}.counted_hand as hand
    on hand.game_id = seat.game_id and hand.start_ticks = seat.start_ticks;

-- The names are spelled as in the newest hand.
create or replace view views.identities as
select
    seat.player_hash,
    seat.person_id,
    (array_agg(seat.name order by seat.start_ticks desc, seat.game_id desc, seat.seat))[1] as name,
    (array_agg(seat.long_name order by seat.start_ticks desc, seat.game_id desc, seat.seat))[1]
        as long_name,
    count(distinct seat.game_id) as games,
    count(distinct (seat.game_id, seat.start_ticks)) as hands,
    (array_agg(seat.game_id order by seat.start_ticks, seat.game_id))[1] as first_game_id,
    min(seat.start_ticks) as first_start_ticks,
    (array_agg(seat.game_id order by seat.start_ticks desc, seat.game_id desc, seat.seat))[1]
        as last_game_id,
    max(seat.start_ticks) as last_start_ticks,
    'g-' || seat.player_hash as identity_id
from {schema}.identified as seat
where
    not exists (
        select from {schema}.excluded_game as excluded where excluded.game_id = seat.game_id
    )
group by seat.player_hash, seat.person_id;

-- The names of `identities` alone: lists and searches need no figures of people they do not show.
create or replace view views.identity_names as
select
    listed.player_hash,
    'g-' || listed.player_hash as identity_id,
    newest.name,
    newest.long_name
from {schema}.listed_identity as listed
cross join lateral (
    select
        seat.name,
        seat.long_name
    from {schema}.hand_seat as seat
    where
        seat.player_hash = listed.player_hash
        and not exists (
            select from {schema}.excluded_game as excluded where excluded.game_id = seat.game_id
        )
    order by seat.start_ticks desc, seat.game_id desc, seat.seat
    limit 1
) as newest;

create or replace view views.findings as
select
    hand.game_id,
    hand.start_ticks,
    hand.ordinal,
    hand.hand_num,
    hand.table_name,
    hand.event_id,
    hand.started_at,
    finding.kind,
    finding.seat,
    finding.name,
    person.person_id,
    person.person_name,
    finding.detail
from {schema}.counted_hand as hand
cross join lateral jsonb_to_recordset(
    (hand.findings -> 'between') || (hand.findings -> 'within')
) as finding (kind text, seat bigint, name text, detail jsonb)
left join lateral (
    select seated.person_id, seated.person_name
    from {schema}.seated as seated
    where
        seated.game_id = hand.game_id
        and seated.start_ticks = hand.start_ticks
        and seated.seat = finding.seat
    limit 1 -- there is one; the limit keeps this a look at one seat for each finding
) as person on true;
