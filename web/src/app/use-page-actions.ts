import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { StreamEvent } from '../../../contract/event.ts';
import { StreamId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { PageActions, Notice } from '../workspace/page-actions.ts';
import type { Place, StreamPlace } from '../workspace/place.ts';
import { archiveStream, leaveStream, markUnread, noticeOf, openDm, type ActionServices } from '../workspace/stream-actions.ts';
import { findOpener, returnFocus } from '../ui/opener.ts';

/** The dialog that is open over the page, with its subject. */
export type OpenDialog =
  | { readonly kind: 'promote'; readonly streamId: string; readonly name: string | undefined; readonly type: 'channel' | 'incident' }
  | { readonly kind: 'share'; readonly event: StreamEvent }
  | { readonly kind: 'invite'; readonly streamId: string; readonly userIds: readonly string[] }
  | { readonly kind: 'members' | 'pins' | 'settings'; readonly streamId: string };

export interface PageActionState {
  readonly pageActions: PageActions;
  readonly tell: (notice: Notice) => void;
  readonly dialog: OpenDialog | undefined;
  readonly notices: readonly ShownNotice[];
  readonly closeDialog: () => void;
  readonly closeNotice: (id: number) => void;
}
export interface ShownNotice extends Notice {
  readonly id: number;
}

type Go = (place: Place, how?: 'push' | 'replace') => void;

/** Carries out page actions. The functions stay the same while the workspace is open. */
export function usePageActions(services: Omit<ActionServices, 'tell' | 'go'> | undefined, go: Go): PageActionState {
  const { dialog, openDialog, closeDialog } = useOpenDialog();
  const { notices, tell, closeNotice } = useNotices();
  const now = useRef(services);
  useEffect(() => {
    now.current = services;
  }, [services]);
  const pageActions = useMemo((): PageActions => {
    const attempt = (action: (services: ActionServices) => Promise<void>): void => {
      if (!now.current) return;
      action({ ...now.current, tell, go }).catch((error: unknown) => tell(noticeOf(error)));
    };
    return {
      openThread: ({ id, streamId, thread }) => go({ kind: 'stream', streamId, thread: thread?.streamId ?? id }),
      promote: (streamId, name, type = 'incident') => openDialog({ kind: 'promote', streamId, name, type }),
      share: (event) => openDialog({ kind: 'share', event }),
      invite: (streamId, userIds = []) => openDialog({ kind: 'invite', streamId, userIds }),
      showMembers: (streamId) => openDialog({ kind: 'members', streamId }),
      showPins: (streamId) => openDialog({ kind: 'pins', streamId }),
      changeSettings: (streamId) => openDialog({ kind: 'settings', streamId }),
      openEvent: (streamId, seq) => go({ ...placeOf(streamId, now.current?.list.find(streamId)), at: seq }),
      openDm: (userIds) => attempt((services) => openDm(services, userIds)),
      archive: (streamId) => attempt((services) => archiveStream(services, streamId)),
      leave: (streamId) => attempt((services) => leaveStream(services, streamId)),
      markUnread: ({ id, streamId }) => attempt((services) => markUnread(services, streamId, id)),
    };
  }, [go, tell, openDialog]);
  return { pageActions, tell, dialog, notices, closeDialog, closeNotice };
}

/** The place of a stream; a thread shows beside its parent where the parent is known. */
function placeOf(id: string, stream: Stream | undefined): StreamPlace {
  const streamId = StreamId.parse(id);
  if (stream?.streamType !== 'thread' || stream.parentStreamId === null) return { kind: 'stream', streamId };
  return { kind: 'stream', streamId: stream.parentStreamId, thread: streamId };
}

/** Holds the open dialog, and returns the focus when it closes. */
function useOpenDialog() {
  const [dialog, setDialog] = useState<OpenDialog>();
  const opener = useRef<HTMLElement>(undefined);
  const openDialog = useCallback((next: OpenDialog) => {
    opener.current = findOpener() ?? opener.current;
    setDialog(next);
  }, []);
  const closeDialog = useCallback(() => {
    setDialog(undefined);
    returnFocus(opener.current);
  }, []);
  return { dialog, openDialog, closeDialog };
}

/** Notices with an action stay longer; in milliseconds. */
const plainMs = 5_000;
const actionMs = 12_000;

function useNotices() {
  const [notices, setNotices] = useState<readonly ShownNotice[]>([]);
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>());
  const count = useRef(0);
  const closeNotice = useCallback((id: number) => {
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    setNotices((shown) => shown.filter((notice) => notice.id !== id));
  }, []);
  const tell = useCallback(
    (notice: Notice) => {
      const id = ++count.current;
      // Nobody reads more than three notices at once.
      setNotices((shown) => [...shown.slice(-2), { ...notice, id }]);
      timers.current.set(
        id,
        setTimeout(() => closeNotice(id), notice.action ? actionMs : plainMs),
      );
    },
    [closeNotice],
  );
  useEffect(() => {
    const running = timers.current;
    return () => {
      for (const timer of running.values()) clearTimeout(timer);
    };
  }, []);
  return { notices, tell, closeNotice };
}
