import { useEffect, useState } from 'react';

/**
 * Says a text to screen readers when it changes, without moving anything. The two halves take turns, so that the same text said
 * twice is heard twice.
 */
export function Announcer({ text, count }: { text: string; count: number }) {
  const [said, setSaid] = useState({ text: '', count: 0 });
  useEffect(() => setSaid({ text, count }), [text, count]);
  return (
    <div className="sb-hidden" role="status" aria-live="polite">
      <span>{said.count % 2 === 0 ? said.text : ''}</span>
      <span>{said.count % 2 === 1 ? said.text : ''}</span>
    </div>
  );
}
