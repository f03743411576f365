-- Members' passkeys, which may stand in for the six digits. Only the public half is here; it ends with the member.

create table passkey (
    id text primary key,
    member text not null references member (id) on delete cascade,
    name text not null,
    credential_id text not null unique,
    credential text not null,
    added_at bigint not null,
    used_at bigint
);
create index passkey_member on passkey (member);
