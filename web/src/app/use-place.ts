import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { readPlace, writePlace, type Place } from '../workspace/place.ts';

/** The place in the address bar, and a function to go elsewhere. */
export function usePlace(): { place: Place; go: (place: Place, how?: 'push' | 'replace') => void } {
  const search = useSyncExternalStore(onNavigation, () => location.search);
  const place = useMemo(() => readPlace(search), [search]);
  const go = useCallback((next: Place, how: 'push' | 'replace' = 'push') => {
    const query = writePlace(next, location.search);
    if (query === location.search) return;
    const address = query === '' ? location.pathname : query;
    if (how === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  }, []);
  return { place, go };
}

function onNavigation(listener: () => void): () => void {
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
}
