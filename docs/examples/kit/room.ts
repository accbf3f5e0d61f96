import { useEffect, useRef, useState } from 'react';
import type { Frame, Member, Message, RoomConfig, Surfaces } from './surfaces.ts';

interface RoomState {
  readonly config: RoomConfig | undefined;
  readonly messages: readonly Message[];
  readonly typist: string | undefined;
  readonly isLive: boolean;
  readonly problem: string | undefined;
  readonly send: (text: string) => void;
}

/** Reads a room and keeps it live. */
export function useRoom(surfaces: Surfaces): RoomState {
  const [config, setConfig] = useState<RoomConfig>();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [typist, setTypist] = useState<string>();
  const [isLive, setLive] = useState(false);
  const [problem, setProblem] = useState<string>();
  const socket = useRef<WebSocket>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const fail = (error: Error): void => setProblem(error.message);
    const take = (changed: readonly Message[]): void =>
      setMessages((before) => {
        const all = new Map([...before, ...changed.filter(isMessage)].map((message) => [message.id, message]));
        return [...all.values()].toSorted((a, b) => a.seq - b.seq);
      });
    const onFrame = (frame: Frame): void => {
      // The welcome says from where the socket hears everything; what came before it is read.
      if (frame.op === 'welcome') {
        setLive(true);
        surfaces.messages().then(({ items }) => take(items), fail);
      } else if (frame.op === 'ev' && isEvent(frame.type)) take([frame.data as Message]);
      else if (frame.op === 'evs') take((frame.items ?? []).filter(({ type }) => isEvent(type)).map(({ data }) => data as Message));
      else if (frame.op === 'eph' && frame.type === 'typing') {
        clearTimeout(timer);
        setTypist(frame.actor);
        timer = setTimeout(() => setTypist(undefined), 1_000 * (frame.ttl ?? 6));
      }
    };
    const open = async (): Promise<void> => {
      const opened = await surfaces.socket(onFrame);
      if (isOver) return opened.close();
      socket.current = opened;
      opened.addEventListener('close', () => {
        setLive(false);
        if (!isOver) setTimeout(() => void open().catch(fail), 1_000);
      });
    };
    surfaces.config().then(setConfig, fail);
    surfaces.subscriptions().catch(fail);
    open().catch(fail);
    return () => {
      isOver = true;
      clearTimeout(timer);
      socket.current?.close();
    };
  }, [surfaces]);
  const send = (text: string): void => {
    if (config === undefined) return;
    const d = { stream: config.id, clientEventId: crypto.randomUUID(), text };
    socket.current?.send(JSON.stringify({ op: 'send', id: Date.now(), d }));
  };
  return { config, messages, typist, isLive, problem, send };
}

/** Tells the server twice a minute that this page is there, and reads who else is. */
export function usePresence(surfaces: Surfaces): { readonly members: readonly Member[]; readonly connectionId?: string } {
  const [members, setMembers] = useState<readonly Member[]>([]);
  const [connectionId, setConnectionId] = useState<string>();
  useEffect(() => {
    // What fails is tried again with the next turn.
    const present = async (): Promise<void> => {
      setConnectionId((await surfaces.connectionId()).connectionId);
      setMembers((await surfaces.members()).items);
    };
    const turn = (): void => void present().catch(() => {});
    turn();
    const turns = setInterval(turn, 30_000);
    return () => clearInterval(turns);
  }, [surfaces]);
  return { members, ...(connectionId !== undefined && { connectionId }) };
}

const isEvent = (type = ''): boolean => type.startsWith('event');
const isMessage = ({ content, deletedAt }: Message): boolean => content !== null || deletedAt !== null;
