-- Accounts, sites and the signed roster. Nothing of a visitor or a conversation has a table.
-- One text for SQLite and PostgreSQL: text, bigint and bytea only; times in unix milliseconds.

create table organisation (
    id text primary key,
    name text not null,
    org_key bytea not null,
    created_at bigint not null
);

create table member (
    id text primary key,
    sign_in_key text not null unique,
    sign_in_name text not null,
    pseudonym text not null,
    avatar bigint not null,
    roles bigint not null,
    languages text not null,
    password_record bytea not null,
    wrapped_by_password bytea not null,
    wrapped_by_recovery bytea not null,
    wrapped_org_key bytea,
    keys bytea not null,
    next_key_index bigint not null,
    totp_secret bytea,
    totp_used_step bigint not null,
    failed_sign_ins bigint not null,
    next_sign_in_at bigint not null,
    approved_at bigint,
    created_at bigint not null
);

create table invitation (
    id text primary key,
    invited_by text not null references member (id) on delete cascade,
    roles bigint not null,
    wrapped_secret bytea not null,
    member text references member (id) on delete cascade,
    binding bytea,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index invitation_member on invitation (member);

create table login (
    id text primary key,
    member text not null references member (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index login_member on login (member);

create table roster (
    seq bigint primary key,
    roster bytea not null,
    register bytea not null,
    published_at bigint not null
);

create table roster_entry (
    seq bigint not null references roster (seq) on delete cascade,
    roster_member text not null,
    member text not null references member (id) on delete cascade,
    key_index bigint not null,
    badge bytea not null,
    roles bigint not null,
    primary key (seq, roster_member)
);
create index roster_entry_member on roster_entry (member);

-- What an organisation sets, as JSON documents whose shape is protocol/src/settings.rs.
create table site (
    id text primary key,
    settings text not null,
    created_at bigint not null
);

create table setting (
    id text primary key,
    version bigint not null,
    value text not null
);

-- Opens resume tickets, never messages. Replaced daily, the former one kept an hour, never in a backup.
create table ticket_key (
    id text primary key,
    secret bytea not null,
    made_at bigint not null
);

create table opaque_setup (
    id text primary key,
    setup bytea not null,
    made_at bigint not null
);

-- The printed set-up address, as a hash.
create table setup_token (
    id text primary key,
    made_at bigint not null,
    expires_at bigint not null
);

create table counter (
    day bigint not null,
    language text not null,
    channel text not null,
    reason text not null,
    total bigint not null,
    primary key (day, language, channel, reason)
);
