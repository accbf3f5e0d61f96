import { useCallback, useEffect, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Streambed } from '../../../client/http/http.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { Download } from '../../../contract/file.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Addresses with less time left than this are read again; in milliseconds. */
const leastLeftMs = 30_000;

export const isFresh = ({ expiresAt }: Pick<Download, 'expiresAt'>, now: number): boolean => Date.parse(expiresAt) - now > leastLeftMs;

/** A cache of file addresses, each read once while it is valid. */
export interface FileAddresses {
  known(fileId: string): string | undefined;
  /** Reads the address; `anew` ignores the cached one, which did not work. */
  get(fileId: string, anew?: boolean): Promise<string>;
}

export function fileAddresses(read: (fileId: string) => Promise<Download>, now: () => number = Date.now): FileAddresses {
  const kept = new Map<string, Download>();
  const pending = new Map<string, Promise<string>>();
  const known = (fileId: string): string | undefined => {
    const download = kept.get(fileId);
    return download && isFresh(download, now()) ? download.url : undefined;
  };
  return {
    known,
    get(fileId, anew = false) {
      const url = anew ? undefined : known(fileId);
      if (url !== undefined) return Promise.resolve(url);
      const running = pending.get(fileId);
      if (running) return running;
      const answer = read(fileId)
        .then((download) => {
          kept.set(fileId, download);
          return download.url;
        })
        .finally(() => pending.delete(fileId));
      pending.set(fileId, answer);
      return answer;
    },
  };
}

/** One cache per connection: a new session starts with an empty one. */
const ofConnection = new WeakMap<Streambed, FileAddresses>();

/** The file addresses of this workspace. */
export function useFileAddresses(): FileAddresses {
  const { streambed, workspaceId } = useWorkspace();
  let addresses = ofConnection.get(streambed);
  if (!addresses) {
    const { files } = streambed.workspace(workspaceId);
    addresses = fileAddresses(async (fileId) => (await files.read(fileId)).download);
    ofConnection.set(streambed, addresses);
  }
  return addresses;
}

export interface FileAddress {
  readonly url: string | undefined;
  readonly problem: Problem | undefined;
  /**
   * Reports that the content did not load, because the address may have expired. Reads a new one the first time; after that it is a
   * problem.
   */
  readonly onFailed: () => void;
  readonly retry: () => void;
}

/** The address of a file's content. */
export function useFileAddress(fileId: string): FileAddress {
  const addresses = useFileAddresses();
  const [state, setState] = useState<{ url?: string | undefined; problem?: Problem; tries: number }>(() => ({
    url: addresses.known(fileId),
    tries: 0,
  }));
  const { tries } = state;
  useEffect(() => {
    let isCurrent = true;
    addresses
      .get(fileId, tries > 0)
      .then((url) => isCurrent && setState((before) => (before.url === url && !before.problem ? before : { url, tries: before.tries })))
      .catch((error: unknown) => isCurrent && setState((before) => ({ ...before, problem: problemOf(error) })));
    return () => {
      isCurrent = false;
    };
  }, [addresses, fileId, tries]);
  const onFailed = useCallback(
    () => setState((before) => (before.tries === 0 ? { ...before, tries: 1 } : { ...before, problem: notLoaded })),
    [],
  );
  const retry = useCallback(() => setState((before) => ({ tries: before.tries + 1 })), []);
  return { url: state.url, problem: state.problem, onFailed, retry };
}

const notLoaded: Problem = {
  type: 'about:blank',
  title: 'It could not be loaded',
  status: 503,
  code: 'unavailable',
  retry: 'after',
  requestId: '',
};
