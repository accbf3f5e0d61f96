import { createContext, use } from 'react';
import type { Stream } from '../../../../contract/stream.ts';
import type { EpochTools } from '../../epochs/epoch-tools.ts';
import type { Uploads } from '../../files/file-uploads.ts';
import type { RowActions } from './row-actions.ts';
import type { RowRights } from './row-rights.ts';

/** What is the same for all rows of a conversation. */
export interface RowScene {
  readonly stream: Stream | undefined;
  /** Beside another conversation, where there is less room. */
  readonly compact: boolean;
  readonly me: { readonly id: string; readonly name: string };
  readonly rights: RowRights;
  /** The files that were sent from here. */
  readonly uploads: Pick<Uploads, 'sent'>;
  readonly actions: RowActions;
  /** What can be done with what memory made of the stream. */
  readonly epochs: EpochTools | undefined;
  /** How to call somebody; `known`: what they were called when it happened. */
  readonly nameOf: (userId: string, known?: string) => string;
}

export const RowSceneContext = createContext<RowScene | undefined>(undefined);

export function useRowScene(): RowScene {
  const scene = use(RowSceneContext);
  if (!scene) throw new Error('useRowScene stands outside of a conversation');
  return scene;
}
