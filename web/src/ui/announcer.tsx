/** Announces a text to screen readers when `count` rises. Two halves take turns, so that the same text is announced twice. */
export function Announcer({ text, count }: { text: string; count: number }) {
  return (
    <output className="sb-hidden" aria-live="polite">
      <span>{count % 2 === 0 ? text : ''}</span>
      <span>{count % 2 === 1 ? text : ''}</span>
    </output>
  );
}
