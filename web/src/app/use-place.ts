import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { readPlace, writePlace, type Place } from '../streams/place.ts';

/** Where the address bar says we are, and how to go elsewhere. */
export function usePlace(): { place: Place; go: (place: Place) => void } {
  const search = useSyncExternalStore(onNavigation, () => location.search);
  const place = useMemo(() => readPlace(search), [search]);
  const go = useCallback((next: Place) => {
    const query = writePlace(next, location.search);
    if (query === location.search) return;
    history.pushState(null, '', query === '' ? location.pathname : query);
    dispatchEvent(new PopStateEvent('popstate'));
  }, []);
  return { place, go };
}

function onNavigation(listener: () => void): () => void {
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
}
