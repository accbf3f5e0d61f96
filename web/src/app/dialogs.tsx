import type { Asked } from './use-intents.ts';

/** The dialogs that anything on the page may ask for; one at a time. */
export function Dialogs({ asked }: { asked: Asked | undefined; onClose: () => void }) {
  if (!asked) return null;
  return null;
}
