import { Hash, Lock } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';

/** A stream's sign before its name. */
export function StreamIcon({ stream, size = 16 }: { stream: Pick<Stream, 'visibility'>; size?: number }) {
  return stream.visibility === 'private' ? <Lock size={size - 1} aria-label="Private" /> : <Hash size={size} aria-hidden="true" />;
}
