-- Up Migration
-- The erasure of a member knows the place of each string. The function `outbox_erase` with eight arguments stays for the code of before.

-- Returns a value of the contract without a member: another id in place of theirs, and a placeholder in place of any name beside it. Names of
-- fields stay, and words and texts that merely equal the id. In what products wrote themselves, names of fields are replaced too.
create function erased_json(value jsonb, field text, person text, replacement text, placeholder text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, public as $$
declare
  said text := value #>> '{}';
  room constant text := ':user:' || person;
  mention constant text := '(?<![\w.@/-])@' || regexp_replace(person, '\.', '\\.', 'g') || '(?![A-Za-z0-9_@-])';
begin
  case jsonb_typeof(value)
  when 'string' then
    if field in ('type', 'op', 'eventType', 'streamType', 'kind', 'status', 'visibility', 'role', 'messages', 'scopes', 'from', 'to', 'gen',
      'name', 'text', 'label', 'question', 'context', 'topic', 'description') then null;
    elsif said = person then return to_jsonb(replacement);
    elsif right(said, length(room)) = room then return to_jsonb(left(said, -length(person)) || replacement);
    end if;
    return to_jsonb(regexp_replace(said, mention, '@' || replacement, 'g'));
  when 'array' then
    return (select coalesce(jsonb_agg(public.erased_json(x, field, person, replacement, placeholder) order by n), '[]')
      from jsonb_array_elements(value) with ordinality as a(x, n));
  when 'object' then
    return (select coalesce(jsonb_object_agg(key, case
        when key in ('name', 'label') and value ->> 'id' = person or key = 'actorName' and value ->> 'actorId' = person then to_jsonb(placeholder)
        when key = 'email' and value ->> 'id' = person then 'null'
        when key = 'metadata' or key = 'payload' and value ->> 'eventType' ~ '\.' then
          regexp_replace(replace(x::text, to_jsonb(person)::text, to_jsonb(replacement)::text), mention, '@' || replacement, 'g')::jsonb
        else public.erased_json(x, key, person, replacement, placeholder) end), '{}')
      from jsonb_each(value) as o(key, x));
  else return value;
  end case;
end
$$;

-- Takes a member out of the outbox rows behind `after`, at most `max_rows` at a time. Rows of the member's own room go. A request to close
-- their connections that is not sent yet stays, and is counted as `waiting`.
create function outbox_erase(
  person text, replacement text, placeholder text, own_room text, after text, max_rows integer,
  out last_id text, out changed bigint, out waiting bigint
) language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  chunk text[];
begin
  select array_agg(o.id order by o.id) into chunk
  from (select id from public.outbox where id > after order by id limit max_rows) o;
  last_id := chunk[cardinality(chunk)];
  select count(*) into waiting from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room and o.payload ? 'close' and o.published_at is null;
  delete from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room
    and not (o.payload ? 'close' and o.published_at is null);
  update public.outbox o set payload = public.erased_json(o.payload, '', person, replacement, placeholder)
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and strpos(o.payload::text, person) > 0 and o.room <> own_room;
  get diagnostics changed = row_count;
end
$$;
revoke all on function outbox_erase(text, text, text, text, text, integer) from public;
grant execute on function outbox_erase(text, text, text, text, text, integer) to streambed_app;

-- Puts another id in place of a member's into the audit log, whose rows are otherwise only ever added.
create or replace function audit_log_erase(person text, replacement text) returns bigint
language sql security definer set search_path = pg_catalog, public as $$
  with changed as (
    update public.audit_log a set
      actor = case when a.actor = person then replacement else a.actor end,
      subject_id = case when a.subject_kind = 'member' and a.subject_id = person then replacement else a.subject_id end,
      details = public.erased_json(a.details, '', person, replacement, '')
    where a.workspace_id = public.app_workspace_id()
      and (a.actor = person or a.subject_id = person or strpos(a.details::text, to_jsonb(person)::text) > 0)
    returning 1
  )
  select count(*) from changed
$$;
