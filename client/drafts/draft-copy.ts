/** The copy of a draft on this device. */
export interface DraftCopy {
  readonly text: string;
  /** Revision that it began from. */
  readonly revision: number;
  /** It was changed here since. */
  readonly isDirty: boolean;
  /** Another text that was saved on another device since: one of the two is to be chosen. */
  readonly other?: { readonly text: string; readonly revision: number };
}

/** Place of the copies, which outlives the page. */
export interface DraftCopies {
  read(streamId: string): DraftCopy | undefined;
  write(streamId: string, copy: DraftCopy): void;
  streamIds(): readonly string[];
}
export const noDraft: DraftCopy = { text: '', revision: 0, isDirty: false };

/** A draft as the server has it. */
export interface StoredDraft {
  readonly text: string;
  readonly revision: number;
}

/** The member changed the text here. */
export const edited = (copy: DraftCopy, text: string): DraftCopy => (text === copy.text ? copy : { ...copy, text, isDirty: true });

/** The message went out from here: the server empties its draft with it. */
export const sent = (copy: DraftCopy): DraftCopy => ({ text: '', revision: copy.revision, isDirty: false });

/** The server has taken `text` as `revision`; it may have been changed again, or sent, meanwhile. */
export const saved = (copy: DraftCopy, text: string, revision: number): DraftCopy =>
  revision <= copy.revision ? copy : { text: copy.text, revision, isDirty: copy.text !== text };

/**
 * Takes what the server has. A copy that was not changed here follows it. One that was changed stays: over an empty draft, or the same text, it
 * is saved again; beside another text, the member chooses.
 */
export function stored(copy: DraftCopy, { text, revision }: StoredDraft): DraftCopy {
  if (revision <= (copy.other?.revision ?? copy.revision)) return copy;
  if (!copy.isDirty || text === copy.text) return { text, revision, isDirty: false };
  if (copy.text.trim() === '') return { text, revision, isDirty: false };
  if (text.trim() === '') return { text: copy.text, revision, isDirty: true };
  return { ...copy, other: { text, revision } };
}

/** The member chose one of two texts. */
export function chosen(copy: DraftCopy, which: 'own' | 'other'): DraftCopy {
  if (copy.other === undefined) return copy;
  const { text, revision } = copy.other;
  return which === 'other' ? { text, revision, isDirty: false } : { text: copy.text, revision, isDirty: true };
}
