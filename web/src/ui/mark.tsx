/** Streambed's mark: water over pebbles. Decoration only; the name stands beside it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#126d63" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M6 10.5c3.3-3 6.7-3 10 0s6.7 3 10 0" />
        <path d="M6 17c3.3-3 6.7-3 10 0s6.7 3 10 0" strokeOpacity=".72" />
      </g>
      <g fill="#f3c77a">
        <circle cx="9" cy="24.5" r="2" />
        <circle cx="15.5" cy="25" r="1.5" />
        <circle cx="22" cy="24.3" r="2.2" />
      </g>
    </svg>
  );
}
