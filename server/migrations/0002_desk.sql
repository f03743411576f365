-- What the house records about a member beside the account, and who changed what. Nothing of a conversation.

create table member_care (
    member text primary key references member (id) on delete cascade,
    conversations_max bigint not null,
    valid_until text
);

-- No foreign key: what a member did stays when they have gone.
create table trail (
    id text primary key,
    at bigint not null,
    by_member text not null,
    what text not null
);
create index trail_at on trail (at);
