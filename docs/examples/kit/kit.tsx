import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { createRoot } from 'react-dom/client';
import { usePresence, useRoom } from './room.ts';
import { openSurfaces, type Draft, type Message, type Surfaces } from './surfaces.ts';

interface Settings {
  readonly baseUrl: string;
  readonly cid: string;
  readonly users: readonly { readonly name: string; readonly token: string }[];
}

/** A room of Streambed in plain React: what it shows, and how it speaks, is in this file and `surfaces.ts`. */
function Room({ settings, who }: { settings: Settings; who: number }) {
  const [surfaces] = useState(() => openSurfaces({ ...settings, token: settings.users[who]?.token ?? '' }));
  const room = useRoom(surfaces);
  const { members, connectionId } = usePresence(surfaces);
  if (room.problem !== undefined) return <p role="alert">{room.problem}</p>;
  return (
    <main>
      <header>
        <h1>{room.config?.name ?? '…'}</h1>
        <span className="soft">
          as {settings.users[who]?.name}, {room.isLive ? 'live' : 'connecting'}
          {connectionId !== undefined && `, connection ${connectionId}`}
        </span>
      </header>
      <Messages messages={room.messages} typist={room.typist} />
      <ul aria-label="Members">
        {members.map(({ user, presence }) => (
          <li key={user.id}>
            {user.name} <span className="soft">{presence}</span>
          </li>
        ))}
      </ul>
      {room.config?.permissions.includes('post') && <Composer surfaces={surfaces} send={room.send} />}
    </main>
  );
}

function Messages({ messages, typist }: { messages: readonly Message[]; typist: string | undefined }) {
  return (
    <ol aria-label="Messages">
      {messages.map(({ id, actorName, content, deletedAt }) => (
        <li key={id}>
          <b>{actorName}</b> {deletedAt === null ? content?.text : <i>deleted</i>}
        </li>
      ))}
      <li key={messages.at(-1)?.id} ref={showEnd} className="soft">
        {typist !== undefined && `${typist} is typing`}
      </li>
    </ol>
  );
}

const showEnd = (end: HTMLLIElement | null): void => {
  end?.scrollIntoView({ block: 'end' });
};

/** The field for a message. Its text is a draft that follows the member to other devices. */
function Composer({ surfaces, send }: { surfaces: Surfaces; send: (text: string) => void }) {
  const [draft, setDraft] = useState<Draft>({ text: '', revision: 0 });
  const saving = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    void surfaces.draft().then(setDraft);
    return () => clearTimeout(saving.current);
  }, [surfaces]);
  const change = (text: string): void => {
    setDraft((now) => ({ ...now, text }));
    void surfaces.tellTyping();
    clearTimeout(saving.current);
    saving.current = setTimeout(() => {
      surfaces.saveDraft({ ...draft, text }).then(
        ({ revision }) => setDraft((now) => ({ ...now, revision })),
        // Another device saved it meanwhile: its text is taken with the next draft that is read.
        () => surfaces.draft().then(({ revision }) => setDraft((now) => ({ ...now, revision }))),
      );
    }, 800);
  };
  const submit = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault();
    if (draft.text.trim() === '') return;
    clearTimeout(saving.current);
    send(draft.text);
    // The server empties the draft with the message, under its next revision.
    setDraft((now) => ({ text: '', revision: now.revision }));
    setTimeout(() => void surfaces.draft().then(({ revision }) => setDraft((now) => ({ ...now, revision }))), 1_000);
  };
  return (
    <form onSubmit={submit}>
      <textarea
        aria-label="Message"
        rows={2}
        value={draft.text}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && !event.shiftKey && submit(event)}
      />
    </form>
  );
}

const root = createRoot(document.querySelector('#root') as HTMLElement);
const settings = (await (await fetch('./settings.json')).json()) as Settings;
root.render(<Room settings={settings} who={Number(new URLSearchParams(location.search).get('who') ?? 0)} />);
