-- Up Migration
-- Notifications outside of the app: devices that get them, settings, and what was sent.

-- Devices of members, each an address at the push service of its browser. A browser belongs to the member who registered it last.
create table push_subscriptions (
  id text primary key,
  workspace_id text not null,
  user_id text not null,
  endpoint text not null,
  p256dh text not null,
  auth text not null,
  -- Key of ours that it was made with: no other one may send to it.
  public_key text not null,
  device text,
  origin text,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create unique index push_subscriptions_by_endpoint on push_subscriptions (workspace_id, endpoint);
create index push_subscriptions_by_user on push_subscriptions (workspace_id, user_id);

-- Settings of members who have any. `mail_key` ends their mails without a sign-in; `mailed_through` is the last notification in a mail.
create table notification_settings (
  workspace_id text not null,
  user_id text not null,
  level text,
  quiet_from text,
  quiet_to text,
  time_zone text,
  incidents boolean not null default true,
  email boolean not null default true,
  mail_key text,
  mailed_through text,
  mail_due_at timestamptz,
  primary key (workspace_id, user_id),
  constraint notification_settings_level_known check (level in ('all', 'default', 'none')),
  constraint notification_settings_quiet_whole check (
    (quiet_from is null) = (quiet_to is null) and (quiet_from is null) = (time_zone is null))
);
create unique index notification_settings_by_mail_key on notification_settings (workspace_id, mail_key) where mail_key is not null;

create table notification_defaults (
  workspace_id text primary key,
  level text not null,
  show_text boolean not null,
  constraint notification_defaults_level_known check (level in ('all', 'default', 'none'))
);

-- Position up to which somebody decided whom to notify, for each stream.
create table notified_streams (
  stream_id text primary key,
  workspace_id text not null,
  seq bigint not null
);

-- Last position that a member was notified of, for each stream: a second look and a repeated message notify of nothing twice.
create table notified_members (
  stream_id text not null,
  user_id text not null,
  workspace_id text not null,
  seq bigint not null,
  primary key (stream_id, user_id)
);
create index notified_members_by_user on notified_members (workspace_id, user_id);

alter table push_subscriptions enable row level security;
alter table notification_settings enable row level security;
alter table notification_defaults enable row level security;
alter table notified_streams enable row level security;
alter table notified_members enable row level security;
create policy one_workspace on push_subscriptions using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
create policy one_workspace on notification_settings using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
create policy one_workspace on notification_defaults using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
create policy one_workspace on notified_streams using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
create policy one_workspace on notified_members using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert, update, delete
  on push_subscriptions, notification_settings, notification_defaults, notified_streams, notified_members to streambed_app, streambed_worker;
