import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { writePlace, type Place } from './place.ts';
import { useWorkspace } from './workspace-context.ts';

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { readonly to: Place; readonly onGo?: () => void };

/** A link within the page; modifier keys open it in another tab as usual. */
export function PlaceLink({ to, onGo, children, ...rest }: Props) {
  const { go } = useWorkspace();
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    onGo?.();
  };
  return (
    <a {...rest} href={writePlace(to, location.search) || location.pathname} onClick={follow}>
      {children}
    </a>
  );
}
