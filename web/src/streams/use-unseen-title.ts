import { useEffect } from 'react';

/** The stream's name in the tab's title, with how much of it is new. */
export function useUnseenTitle(name: string, unseen: number): void {
  useEffect(() => {
    document.title = `${unseen > 0 ? `(${unseen}) ` : ''}${name} · Streambed`;
  }, [name, unseen]);
}
