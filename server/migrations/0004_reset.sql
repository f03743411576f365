-- An invitation may be for somebody who has an account already: who lost password and authenticator makes both anew.

alter table invitation add column resets text references member (id) on delete cascade;
