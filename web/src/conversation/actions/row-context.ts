import { createContext, use } from 'react';
import type { Stream } from '../../../../contract/stream.ts';
import type { EpochActions } from '../../epochs/epoch-actions.ts';
import type { Uploads } from '../../files/file-uploads.ts';
import type { EventActions } from './event-actions.ts';
import type { RowRights } from './row-rights.ts';

/** Values that all rows of a conversation share. */
export interface RowContext {
  readonly stream: Stream | undefined;
  /** The conversation stands beside another one and has less room. */
  readonly compact: boolean;
  readonly me: { readonly id: string; readonly name: string };
  readonly rights: RowRights;
  /** The files that this page sent. */
  readonly uploads: Pick<Uploads, 'sent'>;
  readonly actions: EventActions;
  /** Undefined where the conversation shows no epochs. */
  readonly epochActions: EpochActions | undefined;
  /** A member's display name; `known` is the name at the time of the event. */
  readonly nameOf: (userId: string, known?: string) => string;
}

export const RowContext = createContext<RowContext | undefined>(undefined);

export function useRowContext(): RowContext {
  const context = use(RowContext);
  if (!context) throw new Error('useRowContext stands outside of a conversation');
  return context;
}
