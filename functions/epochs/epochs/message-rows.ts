/**
 * SQL: the searchable text of an event `e` of stream_events: its words, the question and options of a poll, the name of a file, or the
 * comment on a shared event.
 */
export const messageText = `concat_ws(E'\\n',
  (select t.content from text_messages t where t.id = e.id),
  case e.content_type
    when 'poll' then (select concat_ws(E'\\n', p.question, (select string_agg(o.value ->> 'text', E'\\n') from jsonb_array_elements(p.options) o))
      from polls p where p.id = e.content_id)
    when 'file' then (select f.name from files f where f.id = e.content_id)
    when 'shared_ref' then (select r.context from shared_refs r where r.id = e.content_id) end)`;
