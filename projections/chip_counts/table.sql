-- Columns stand in the order of the row classes in domain/rows.py, contracts/attribution.py and
-- contracts/links.py.

create table {schema}.game (
    game_id text primary key,
    table_name text not null,
    hands bigint not null,
    told jsonb not null,
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
    player_hash text not null,
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
    revised boolean not null,
    primary key (game_id, seat, from_seq),
    check (to_seq > from_seq)
);

create table {schema}.statement (
    event_id text not null,
    holder text not null,
    recorded_at timestamptz not null,
    from_seq bigint not null,
    said_at timestamptz not null,
    import_id text not null,
    at text not null,
    player_id text,
    player_name text,
    chips bigint not null,
    status text not null,
    table_num bigint,
    seat_num bigint,
    rank bigint,
    big_blind bigint,
    day_number bigint,
    level_number bigint,
    zone_assumed boolean not null,
    time_assumed boolean not null,
    future boolean not null,
    primary key (event_id, holder, recorded_at)
);

create table {schema}.replaced_statement (
    event_id text not null,
    holder text not null,
    recorded_at timestamptz not null,
    from_seq bigint not null,
    to_seq bigint not null,
    chips bigint not null,
    status text not null,
    statement jsonb not null,
    primary key (event_id, holder, recorded_at, from_seq)
);

create table {schema}.latest_statement (
    event_id text not null,
    holder text not null,
    recorded_at timestamptz not null,
    first_seq bigint not null,
    primary key (event_id, holder)
);

create table {schema}.event_hold (
    event_id text primary key,
    minutes bigint not null,
    sequence bigint not null
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

-- Rows of the tables from event_hold on that were replaced or deleted.
create table {schema}.former_word (
    kind text not null,
    word_key text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    word jsonb not null,
    primary key (kind, word_key, from_seq),
    check (to_seq > from_seq)
);

-- Two players on one seat at one moment.
create index statement_of_seat
    on {schema}.statement (event_id, recorded_at, table_num, seat_num)
    where chips > 0 and seat_num is not null;
create index link_of_person on {schema}.link (person_id);

-- Finds what is known now without walking the history. It cannot be unique: one batch may write
-- the next period of a seat before it closes the one before.
create index period_now on {schema}.period (game_id, seat) where to_seq is null;

-- Finds where and when somebody was listed last.
create index period_of_identity on {schema}.period (('g-' || player_hash), statement_at)
where not revised;
create index period_of_hand on {schema}.period (game_id, seat, start_ticks) where not revised;

create index correction_of_seat on {schema}.seat_correction (game_id, seat, from_ticks);
create index correction_of_person on {schema}.seat_correction (person_id);

-- Every period of a game that counts: who sits there, and the event of the hand that tells it.
create view {schema}.counted_period as
select
    period.*,
    coalesce(link.person_id, correction.person_id, 'g-' || period.player_hash) as person_id,
    coalesce(correction.name, period.name) as person_name,
    coalesce(correction.long_name, period.long_name) as person_long_name,
    correction.correction_id,
    binding.event_id
from {schema}.period as period
left join {schema}.seat_correction as correction
    on
        correction.game_id = period.game_id
        and correction.seat = period.seat
        and correction.from_ticks <= period.start_ticks
        and (correction.to_ticks is null or period.start_ticks <= correction.to_ticks)
left join {schema}.link as link
    on link.identity_id = coalesce(correction.person_id, 'g-' || period.player_hash)
left join {schema}.binding as binding
    on
        binding.game_id = period.game_id
        and binding.from_ticks <= period.start_ticks
        and (binding.to_ticks is null or period.start_ticks < binding.to_ticks)
where
    not exists (
        select from {schema}.excluded_game as excluded where excluded.game_id = period.game_id
    );

-- The seat each person holds now: that of the newest statement which lists them, in whatever game.
-- Who was listed by the last hand of another game since and has left it sits nowhere, and so does,
-- for all that is told, who is listed on two seats. What a revision of a hand took away was never
-- told. Each identity is looked up by itself (`limit`), as of all periods only a few are later, and
-- all of it once for a read (`materialized`), not once for each holder of a page.
create view {schema}.seated_now as
with seated as materialized (
    select seat.*
    from (
        select
            period.person_id,
            period.event_id,
            period.game_id,
            game.table_name,
            period.seat,
            period.person_name,
            period.stack,
            period.statement_at,
            period.start_ticks,
            row_number() over (
                partition by period.person_id
                order by
                    period.statement_at desc, period.start_ticks desc, period.game_id, period.seat
            ) as place,
            count(*) over (partition by period.person_id, period.game_id) as seats
        from {schema}.counted_period as period
        join {schema}.game as game on game.game_id = period.game_id
        where period.to_seq is null
    ) as seat
    where
        seat.place = 1
        and seat.seats = 1
        and not exists (
            select from (
                select seat.person_id as identity_id
                union all
                select link.identity_id from {schema}.link as link
                where link.person_id = seat.person_id
            ) as known
            cross join lateral (
                (
                    select true from {schema}.period as listed
                    where
                        not listed.revised
                        and 'g-' || listed.player_hash = known.identity_id
                        and listed.statement_at > seat.statement_at
                        and listed.game_id <> seat.game_id
                        and not exists (
                            select from {schema}.excluded_game as excluded
                            where excluded.game_id = listed.game_id
                        )
                        and not exists (
                            select from {schema}.seat_correction as correction
                            where
                                correction.game_id = listed.game_id
                                and correction.seat = listed.seat
                                and correction.from_ticks <= listed.start_ticks
                                and (
                                    correction.to_ticks is null
                                    or listed.start_ticks <= correction.to_ticks
                                )
                        )
                    limit 1
                )
                union all
                (
                    select true from {schema}.seat_correction as correction
                    join {schema}.period as listed
                        on
                            listed.game_id = correction.game_id
                            and listed.seat = correction.seat
                            and listed.start_ticks >= correction.from_ticks
                            and (
                                correction.to_ticks is null
                                or listed.start_ticks <= correction.to_ticks
                            )
                    where
                        not listed.revised
                        and correction.person_id = known.identity_id
                        and correction.game_id <> seat.game_id
                        and listed.statement_at > seat.statement_at
                        and not exists (
                            select from {schema}.excluded_game as excluded
                            where excluded.game_id = listed.game_id
                        )
                    limit 1
                )
            ) as since
    )
)

select seated.* from seated;

-- What the platform states now of everybody, with what is to be known about it.
create view {schema}.stated_now as
select
    statement.*,
    (
        select statement.chips - earlier.chips
        from {schema}.statement as earlier
        where
            earlier.event_id = statement.event_id
            and earlier.holder = statement.holder
            and earlier.recorded_at < statement.recorded_at
        order by earlier.recorded_at desc
        limit 1
    ) as chip_change,
    statement.chips > 0 and exists (
        select from {schema}.statement as other
        where
            other.event_id = statement.event_id
            and other.recorded_at = statement.recorded_at
            and other.table_num = statement.table_num
            and other.seat_num = statement.seat_num
            and other.chips > 0
            and other.holder <> statement.holder
    ) as seat_conflict
from {schema}.latest_statement as latest
join {schema}.statement as statement
    on
        statement.event_id = latest.event_id
        and statement.holder = latest.holder
        and statement.recorded_at = latest.recorded_at;

-- The sequence a read goes back to: set by the reader for its transaction, and empty, not null, on
-- its connection afterwards.
create function {schema}.as_of() returns bigint language sql stable
return nullif(current_setting('railcast.as_of', true), '')::bigint;

-- Words as they stood at that sequence: those that still hold, and former ones that held then.
create view {schema}.excluded_game_then as
select word.game_id
from {schema}.excluded_game as word
where word.sequence <= {schema}.as_of()
union all
select former.word ->> 'game_id'
from {schema}.former_word as former
where
    former.kind = 'excluded_game'
    and former.from_seq <= {schema}.as_of()
    and former.to_seq > {schema}.as_of();

create view {schema}.binding_then as
select word.game_id, word.from_ticks, word.to_ticks, word.event_id
from {schema}.binding as word
where word.sequence <= {schema}.as_of()
union all
select
    former.word ->> 'game_id',
    (former.word ->> 'from_ticks')::bigint,
    (former.word ->> 'to_ticks')::bigint,
    former.word ->> 'event_id'
from {schema}.former_word as former
where
    former.kind = 'binding'
    and former.from_seq <= {schema}.as_of()
    and former.to_seq > {schema}.as_of();

create view {schema}.seat_correction_then as
select
    word.game_id,
    word.correction_id,
    word.seat,
    word.from_ticks,
    word.to_ticks,
    word.person_id,
    word.name,
    word.long_name
from {schema}.seat_correction as word
where word.sequence <= {schema}.as_of()
union all
select
    former.word ->> 'game_id',
    former.word ->> 'correction_id',
    (former.word ->> 'seat')::bigint,
    (former.word ->> 'from_ticks')::bigint,
    (former.word ->> 'to_ticks')::bigint,
    former.word ->> 'person_id',
    former.word ->> 'name',
    former.word ->> 'long_name'
from {schema}.former_word as former
where
    former.kind = 'seat_correction'
    and former.from_seq <= {schema}.as_of()
    and former.to_seq > {schema}.as_of();

create view {schema}.link_then as
select word.identity_id, word.person_id
from {schema}.link as word
where word.sequence <= {schema}.as_of()
union all
select former.word ->> 'identity_id', former.word ->> 'person_id'
from {schema}.former_word as former
where
    former.kind = 'link'
    and former.from_seq <= {schema}.as_of()
    and former.to_seq > {schema}.as_of();

create view {schema}.event_hold_then as
select word.event_id, word.minutes
from {schema}.event_hold as word
where word.sequence <= {schema}.as_of()
union all
select former.word ->> 'event_id', (former.word ->> 'minutes')::bigint
from {schema}.former_word as former
where
    former.kind = 'event_hold'
    and former.from_seq <= {schema}.as_of()
    and former.to_seq > {schema}.as_of();

create view {schema}.counted_period_then as
select
    period.*,
    coalesce(link.person_id, correction.person_id, 'g-' || period.player_hash) as person_id,
    coalesce(correction.name, period.name) as person_name,
    coalesce(correction.long_name, period.long_name) as person_long_name,
    correction.correction_id,
    binding.event_id
from {schema}.period as period
left join {schema}.seat_correction_then as correction
    on
        correction.game_id = period.game_id
        and correction.seat = period.seat
        and correction.from_ticks <= period.start_ticks
        and (correction.to_ticks is null or period.start_ticks <= correction.to_ticks)
left join {schema}.link_then as link
    on link.identity_id = coalesce(correction.person_id, 'g-' || period.player_hash)
left join {schema}.binding_then as binding
    on
        binding.game_id = period.game_id
        and binding.from_ticks <= period.start_ticks
        and (binding.to_ticks is null or period.start_ticks < binding.to_ticks)
where
    period.from_seq <= {schema}.as_of()
    and (period.to_seq is null or period.to_seq > {schema}.as_of())
    and not exists (
        select from {schema}.excluded_game_then as excluded
        where excluded.game_id = period.game_id
    );

create view {schema}.seated_then as
with seated as materialized (
    select seat.*
    from (
        select
            period.person_id,
            period.event_id,
            period.game_id,
            game.table_name,
            period.seat,
            period.person_name,
            period.stack,
            period.statement_at,
            period.start_ticks,
            row_number() over (
                partition by period.person_id
                order by
                    period.statement_at desc, period.start_ticks desc, period.game_id, period.seat
            ) as place,
            count(*) over (partition by period.person_id, period.game_id) as seats
        from {schema}.counted_period_then as period
        join {schema}.game as game on game.game_id = period.game_id
    ) as seat
    where
        seat.place = 1
        and seat.seats = 1
        and not exists (
            select from (
                select seat.person_id as identity_id
                union all
                select link.identity_id from {schema}.link_then as link
                where link.person_id = seat.person_id
            ) as known
            cross join lateral (
                (
                    select true from {schema}.period as listed
                    where
                        listed.from_seq <= {schema}.as_of()
                        and not (listed.revised and listed.to_seq <= {schema}.as_of())
                        and 'g-' || listed.player_hash = known.identity_id
                        and listed.statement_at > seat.statement_at
                        and listed.game_id <> seat.game_id
                        and not exists (
                            select from {schema}.excluded_game_then as excluded
                            where excluded.game_id = listed.game_id
                        )
                        and not exists (
                            select from {schema}.seat_correction_then as correction
                            where
                                correction.game_id = listed.game_id
                                and correction.seat = listed.seat
                                and correction.from_ticks <= listed.start_ticks
                                and (
                                    correction.to_ticks is null
                                    or listed.start_ticks <= correction.to_ticks
                                )
                        )
                    limit 1
                )
                union all
                (
                    select true from {schema}.seat_correction_then as correction
                    join {schema}.period as listed
                        on
                            listed.game_id = correction.game_id
                            and listed.seat = correction.seat
                            and listed.start_ticks >= correction.from_ticks
                            and (
                                correction.to_ticks is null
                                or listed.start_ticks <= correction.to_ticks
                            )
                    where
                        listed.from_seq <= {schema}.as_of()
                        and not (listed.revised and listed.to_seq <= {schema}.as_of())
                        and correction.person_id = known.identity_id
                        and correction.game_id <> seat.game_id
                        and listed.statement_at > seat.statement_at
                        and not exists (
                            select from {schema}.excluded_game_then as excluded
                            where excluded.game_id = listed.game_id
                        )
                    limit 1
                )
            ) as since
    )
)

select seated.* from seated;

create view {schema}.statement_then as
select statement.*
from {schema}.statement as statement
where statement.from_seq <= {schema}.as_of()
union all
select held.*
from {schema}.replaced_statement as replaced
cross join lateral jsonb_populate_record(null::{schema}.statement, replaced.statement) as held
where replaced.from_seq <= {schema}.as_of() and replaced.to_seq > {schema}.as_of();

create view {schema}.stated_then as
select
    stated.*,
    (
        select stated.chips - earlier.chips
        from {schema}.statement_then as earlier
        where
            earlier.event_id = stated.event_id
            and earlier.holder = stated.holder
            and earlier.recorded_at < stated.recorded_at
        order by earlier.recorded_at desc
        limit 1
    ) as chip_change,
    stated.chips > 0 and exists (
        select from {schema}.statement_then as other
        where
            other.event_id = stated.event_id
            and other.recorded_at = stated.recorded_at
            and other.table_num = stated.table_num
            and other.seat_num = stated.seat_num
            and other.chips > 0
            and other.holder <> stated.holder
    ) as seat_conflict
from (
    select distinct on (statement.event_id, statement.holder) statement.*
    from {schema}.statement_then as statement
    order by statement.event_id, statement.holder, statement.recorded_at desc
) as stated;

-- Now and then side by side; `past` is a constant, so that a read of one never looks at the other.
create view {schema}.stated as
select false as past, stated_now.* from {schema}.stated_now as stated_now
union all
select true, stated_then.* from {schema}.stated_then as stated_then;

create view {schema}.seated as
select false as past, seated_now.* from {schema}.seated_now as seated_now
union all
select true, seated_then.* from {schema}.seated_then as seated_then;

create view {schema}.hold as
select false as past, event_hold.event_id, event_hold.minutes
from {schema}.event_hold as event_hold
union all
select true, hold_then.event_id, hold_then.minutes from {schema}.event_hold_then as hold_then;

-- Whose chips: the table's while the person sits there, unless the platform counted later than the
-- event's hold allows. Both are always given, each with its own time.
create view {schema}.whose_chips as
select
    both_sides.past,
    both_sides.event_id,
    both_sides.holder,
    both_sides.person_id,
    both_sides.player_id,
    both_sides.player_name,
    case when both_sides.platform_holds then 'wsop' else 'gfx' end as source,
    case
        when both_sides.platform_holds then both_sides.wsop_chips
        else both_sides.gfx_chips
    end as chips,
    case
        when both_sides.platform_holds then both_sides.wsop_recorded_at
        else both_sides.gfx_stated_at
    end as stated_at,
    both_sides.gfx_chips,
    both_sides.gfx_stated_at,
    both_sides.game_id,
    both_sides.table_name,
    both_sides.seat,
    both_sides.wsop_chips,
    both_sides.wsop_recorded_at,
    both_sides.status,
    both_sides.table_num,
    both_sides.seat_num,
    both_sides.rank,
    both_sides.big_blind,
    both_sides.day_number,
    both_sides.level_number,
    both_sides.chip_change,
    both_sides.seat_conflict,
    both_sides.zone_assumed,
    both_sides.time_assumed,
    both_sides.future,
    both_sides.import_id,
    both_sides.at,
    both_sides.from_seq,
    exists (
        select from {schema}.parked
        where
            parked.block_key = 'wsop:' || both_sides.event_id
            or parked.block_key like 'evt.wsop.import.%'
            or parked.block_key like 'evt.wsop.event.%'
    ) as incomplete
from (
    select
        stated.past,
        stated.event_id,
        stated.holder,
        case when stated.player_id is not null then stated.holder end as person_id,
        stated.player_id,
        stated.player_name,
        seat.stack as gfx_chips,
        seat.statement_at as gfx_stated_at,
        seat.game_id,
        seat.table_name,
        seat.seat,
        stated.chips as wsop_chips,
        stated.recorded_at as wsop_recorded_at,
        stated.status,
        stated.table_num,
        stated.seat_num,
        stated.rank,
        stated.big_blind,
        stated.day_number,
        stated.level_number,
        stated.chip_change,
        stated.seat_conflict,
        stated.zone_assumed,
        stated.time_assumed,
        stated.future,
        stated.import_id,
        stated.at,
        stated.from_seq,
        -- Without a word of an operator the hold is that of contracts/messages/wsop_event.py.
        coalesce(
            stated.recorded_at
            > seat.statement_at + coalesce(hold.minutes, 30) * interval '1 minute',
            true
        ) as platform_holds
    from {schema}.stated as stated
    left join {schema}.hold as hold
        on hold.event_id = stated.event_id and hold.past = stated.past
    left join {schema}.seated as seat
        on
            seat.past = stated.past
            and seat.event_id = stated.event_id
            and seat.person_id = stated.holder
            and stated.player_id is not null
    union all
    select
        seat.past,
        seat.event_id,
        seat.person_id as holder,
        seat.person_id,
        null as player_id,
        seat.person_name as player_name,
        seat.stack,
        seat.statement_at,
        seat.game_id,
        seat.table_name,
        seat.seat,
        null, null, null, null, null, null, null, null, null, null, false, false, false, false,
        null, null, null, false
    from {schema}.seated as seat
    where
        seat.event_id is not null
        and not exists (
            select from {schema}.latest_statement as known
            where
                known.event_id = seat.event_id
                and known.holder = seat.person_id
                and (not seat.past or known.first_seq <= {schema}.as_of())
        )
) as both_sides;

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
    exists (select from {schema}.parked where parked.block_key = period.game_id) as incomplete,
    period.person_id,
    period.person_name,
    period.person_long_name,
    period.correction_id,
    period.event_id,
    exists (
        select from {schema}.counted_period as other
        where
            other.game_id = period.game_id
            and other.to_seq is null
            and other.seat <> period.seat
            and other.person_id = period.person_id
    ) as on_two_seats
from {schema}.counted_period as period
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
    said_at,
    person_id,
    person_name,
    person_long_name,
    event_id
from {schema}.counted_period;

create or replace view views.chips_then as
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
    (
        select count(*) - 1
        from jsonb_array_elements(game.told) as told
        where told.value::bigint <= {schema}.as_of()
    ) as ordinal,
    period.hand_num,
    period.start_ticks,
    period.state,
    period.statement_at,
    period.from_seq,
    period.said_at,
    exists (select from {schema}.parked where parked.block_key = period.game_id) as incomplete,
    period.person_id,
    period.person_name,
    period.person_long_name,
    period.correction_id,
    period.event_id,
    exists (
        select from {schema}.counted_period_then as other
        where
            other.game_id = period.game_id
            and other.seat <> period.seat
            and other.person_id = period.person_id
    ) as on_two_seats
from {schema}.counted_period_then as period
join {schema}.game as game on game.game_id = period.game_id;

create or replace view views.player_chips as
select
    whose.event_id,
    whose.holder,
    whose.person_id,
    whose.player_id,
    whose.player_name,
    whose.source,
    whose.chips,
    whose.stated_at,
    whose.gfx_chips,
    whose.gfx_stated_at,
    whose.game_id,
    whose.table_name,
    whose.seat,
    whose.wsop_chips,
    whose.wsop_recorded_at,
    whose.status,
    whose.table_num,
    whose.seat_num,
    whose.rank,
    whose.big_blind,
    whose.day_number,
    whose.level_number,
    whose.chip_change,
    whose.seat_conflict,
    whose.zone_assumed,
    whose.time_assumed,
    whose.future,
    whose.import_id,
    whose.at,
    whose.from_seq,
    whose.incomplete
from {schema}.whose_chips as whose
where not whose.past;

create or replace view views.player_chips_then as
select
    whose.event_id,
    whose.holder,
    whose.person_id,
    whose.player_id,
    whose.player_name,
    whose.source,
    whose.chips,
    whose.stated_at,
    whose.gfx_chips,
    whose.gfx_stated_at,
    whose.game_id,
    whose.table_name,
    whose.seat,
    whose.wsop_chips,
    whose.wsop_recorded_at,
    whose.status,
    whose.table_num,
    whose.seat_num,
    whose.rank,
    whose.big_blind,
    whose.day_number,
    whose.level_number,
    whose.chip_change,
    whose.seat_conflict,
    whose.zone_assumed,
    whose.time_assumed,
    whose.future,
    whose.import_id,
    whose.at,
    whose.from_seq,
    whose.incomplete
from {schema}.whose_chips as whose
where whose.past;

-- Whose chips are known in an event: a page is chosen here, and read there.
create or replace view views.player_chip_holders as
select latest.event_id, latest.holder
from {schema}.latest_statement as latest
union all
select seat.event_id, seat.person_id as holder
from {schema}.seated_now as seat
where
    seat.event_id is not null
    and not exists (
        select from {schema}.latest_statement as latest
        where latest.event_id = seat.event_id and latest.holder = seat.person_id
    );

create or replace view views.player_chip_holders_then as
select latest.event_id, latest.holder
from {schema}.latest_statement as latest
where latest.first_seq <= {schema}.as_of()
union all
select seat.event_id, seat.person_id as holder
from {schema}.seated_then as seat
where
    seat.event_id is not null
    and not exists (
        select from {schema}.latest_statement as latest
        where
            latest.event_id = seat.event_id
            and latest.holder = seat.person_id
            and latest.first_seq <= {schema}.as_of()
    );

-- All the platform ever said: `to_seq` is null for what holds. The change is told between those.
create or replace view views.player_chip_history as
select
    statement.event_id,
    statement.holder,
    statement.player_id,
    statement.player_name,
    statement.recorded_at,
    statement.chips,
    statement.chips - lag(statement.chips) over (
        partition by statement.event_id, statement.holder order by statement.recorded_at
    ) as chip_change,
    statement.status,
    statement.table_num,
    statement.seat_num,
    statement.rank,
    statement.big_blind,
    statement.day_number,
    statement.level_number,
    statement.import_id,
    statement.at,
    statement.from_seq,
    null::bigint as to_seq,
    statement.said_at
from {schema}.statement as statement
union all
select
    replaced.event_id,
    replaced.holder,
    replaced.statement ->> 'player_id',
    replaced.statement ->> 'player_name',
    replaced.recorded_at,
    replaced.chips,
    null,
    replaced.status,
    (replaced.statement ->> 'table_num')::bigint,
    (replaced.statement ->> 'seat_num')::bigint,
    (replaced.statement ->> 'rank')::bigint,
    (replaced.statement ->> 'big_blind')::bigint,
    (replaced.statement ->> 'day_number')::bigint,
    (replaced.statement ->> 'level_number')::bigint,
    replaced.statement ->> 'import_id',
    replaced.statement ->> 'at',
    replaced.from_seq,
    replaced.to_seq,
    (replaced.statement ->> 'said_at')::timestamptz
from {schema}.replaced_statement as replaced;
