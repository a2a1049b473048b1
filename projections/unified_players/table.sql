-- Columns stand in the order of the row classes in domain/rows.py, period.py and words.py.

create table {schema}.person (
    person_id text primary key,
    members jsonb not null,
    open jsonb
);

create table {schema}.alias (
    alias_id text primary key,
    person_id text not null,
    spans jsonb not null
);

create table {schema}.game (
    game_id text primary key,
    excluded boolean not null,
    listed jsonb not null,
    corrections jsonb not null,
    people jsonb not null
);

create table {schema}.hand (
    game_id text not null,
    start_ticks bigint not null,
    ordinal bigint not null,
    entries jsonb not null,
    place jsonb not null,
    primary key (game_id, start_ticks)
);

create table {schema}.import (
    import_id text primary key,
    path text not null,
    sha256 text not null
);

create table {schema}.address (
    person_id text primary key,
    addresses jsonb not null
);

create table {schema}.period (
    person_id text not null,
    from_seq bigint not null,
    to_seq bigint,
    said_at timestamptz not null,
    ids jsonb not null,
    sources jsonb not null,
    stub boolean not null,
    event_ids jsonb not null,
    sort_key text not null,
    search text not null,
    letters jsonb not null,
    name text,
    name_display text,
    name_short text,
    name_korean text,
    notable_wins text,
    country_code text,
    country_name text,
    bracelets bigint,
    rings bigint,
    cashes bigint,
    earnings bigint,
    achievement text,
    nickname text,
    city text,
    fields jsonb not null,
    primary key (person_id, from_seq),
    check (to_seq > from_seq)
);

create table {schema}.override (
    person_id text not null,
    override_id text not null,
    field text not null,
    value text,
    object text,
    reason text not null,
    priority bigint not null,
    valid_from timestamptz,
    valid_until timestamptz,
    created_at timestamptz not null,
    status text not null,
    approved boolean not null,
    sequence bigint not null,
    history jsonb not null,
    primary key (person_id, override_id)
);

create table {schema}.link (
    person_id text not null,
    wsop_player_id text not null,
    player_person_id text not null,
    status text not null,
    confidence bigint,
    method text,
    evidence jsonb,
    sequence bigint not null,
    history jsonb not null,
    primary key (person_id, wsop_player_id)
);

create table {schema}.image (
    person_id text not null,
    image_id text not null,
    image_type text not null,
    source jsonb not null,
    renditions jsonb not null,
    approved boolean not null,
    primary_seq bigint,
    status text not null,
    sequence bigint not null,
    history jsonb not null,
    primary key (person_id, image_id)
);

-- What holds now is listed by name, and found by event and part of a name, without walking the
-- history; an id is also asked for as it was.
create index period_by_name on {schema}.period (sort_key, person_id) where to_seq is null;
create index period_of_id on {schema}.period using gin (ids);
create index period_by_letters on {schema}.period using gin (letters) where to_seq is null;
create index period_of_event on {schema}.period using gin (event_ids) where to_seq is null;
create index link_of_player on {schema}.link (player_person_id);

-- Every period with what is kept elsewhere because it can be erased: each one look by a key.
create view {schema}.shown as
select
    period.*,
    case period.fields #>> '{profile_image,0,origin}'
        when 'override' then (
            select override.value from {schema}.override as override
            where
                override.person_id = period.fields #>> '{profile_image,0,id}'
                and override.override_id = period.fields #>> '{profile_image,0,override_id}'
        )
        when 'wsop' then (
            select address.addresses ->> (period.fields #>> '{profile_image,0,sequence}')
            from {schema}.address as address
            where address.person_id = period.fields #>> '{profile_image,0,id}'
        )
    end as profile_image_url,
    (
        select
            address.addresses ->> (jsonb_path_query_first(
                period.fields, '$.profile_image[*] ? (@.origin == "wsop")'
            ) ->> 'sequence')
        from {schema}.address as address
        where address.person_id = period.person_id
    ) as source_image_url,
    (
        select image.renditions from {schema}.image as image
        where
            image.person_id = period.fields #>> '{profile_image,0,id}'
            and image.image_id = period.fields #>> '{profile_image,0,image_id}'
    ) as profile_image_renditions,
    (
        select override.object from {schema}.override as override
        where
            override.person_id = period.fields #>> '{bio,0,id}'
            and override.override_id = period.fields #>> '{bio,0,override_id}'
    ) as bio_object,
    (
        select override.object from {schema}.override as override
        where
            override.person_id = period.fields #>> '{social_links,0,id}'
            and override.override_id = period.fields #>> '{social_links,0,override_id}'
    ) as social_links_object,
    exists (select from {schema}.parked) as incomplete
from {schema}.period as period;

create or replace view views.unified_players as
select
    person_id,
    from_seq,
    to_seq,
    said_at,
    ids,
    sources,
    stub,
    name,
    name_display,
    name_short,
    name_korean,
    notable_wins,
    country_code,
    country_name,
    bracelets,
    rings,
    cashes,
    earnings,
    achievement,
    nickname,
    city,
    profile_image_url,
    source_image_url,
    profile_image_renditions,
    bio_object,
    social_links_object,
    event_ids,
    fields,
    sort_key,
    search,
    letters,
    incomplete
from {schema}.shown
where to_seq is null;

create or replace view views.player_history as
select
    person_id,
    from_seq,
    to_seq,
    said_at,
    ids,
    sources,
    stub,
    name,
    name_display,
    name_short,
    name_korean,
    notable_wins,
    country_code,
    country_name,
    bracelets,
    rings,
    cashes,
    earnings,
    achievement,
    nickname,
    city,
    profile_image_url,
    source_image_url,
    profile_image_renditions,
    bio_object,
    social_links_object,
    event_ids,
    fields,
    sort_key,
    search,
    letters,
    incomplete
from {schema}.shown;

-- Before its first period, an id stood for itself.
create or replace view views.player_aliases as
select
    alias.alias_id,
    span.person_id,
    span.from_seq,
    span.to_seq
from {schema}.alias as alias
cross join lateral jsonb_to_recordset(alias.spans)
    as span (person_id text, from_seq bigint, to_seq bigint);

create or replace view views.overrides as
select
    person_id,
    override_id,
    field,
    value,
    object,
    reason,
    priority,
    valid_from,
    valid_until,
    created_at,
    status,
    approved,
    sequence,
    history
from {schema}.override;

create or replace view views.links as
select
    person_id,
    wsop_player_id,
    player_person_id,
    status,
    confidence,
    method,
    evidence,
    sequence,
    history
from {schema}.link;

-- One picture of each id and type is primary: the one made so last, unless it was taken away.
create or replace view views.images as
select
    image.person_id,
    image.image_id,
    image.image_type,
    image.source,
    image.renditions,
    image.approved,
    image.status = 'kept' and coalesce(
        image.primary_seq = (
            select max(other.primary_seq) from {schema}.image as other
            where other.person_id = image.person_id and other.image_type = image.image_type
        ), false
    ) as is_primary,
    image.status,
    image.sequence,
    image.history
from {schema}.image as image;
