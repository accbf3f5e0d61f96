import { describe, expect, test } from '@jest/globals';

interface Path {
  readonly path?: string | readonly string[];
  readonly pathNot?: string | readonly string[];
}
interface Rule {
  readonly name: string;
  readonly from: Path;
  readonly to: Path;
}

const { default: fences } = (await import(new URL('../../.dependency-cruiser.mjs', import.meta.url).href)) as {
  default: { forbidden: readonly Rule[] };
};

const matches = (patterns: string | readonly string[] | undefined, path: string): boolean =>
  [patterns ?? []].flat().some((pattern) => new RegExp(pattern).test(path));
const holds = ({ path, pathNot }: Path, file: string): boolean =>
  (path === undefined || matches(path, file)) && (pathNot === undefined || !matches(pathNot, file));

/** Rules between inner rooms that forbid an import. */
const forbidding = (from: string, to: string): string[] =>
  fences.forbidden
    .filter((rule) => holds(rule.from, from) && holds(rule.to, to) && / imports only|pure/.test(rule.name))
    .map(({ name }) => name);

describe('the fences between inner rooms', () => {
  test.each([
    ['web/src/workspace/place.ts', 'web/src/sidebar/sidebar.tsx'],
    ['web/src/epochs/use-epochs.ts', 'web/src/conversation/timeline/timeline.ts'],
    ['web/src/conversation/row/event-item.tsx', 'web/src/conversation/list/event-list.tsx'],
    ['web/src/conversation/row/event-item.tsx', 'web/src/conversation/conversation.tsx'],
    ['client/http/http.ts', 'client/socket/socket.ts'],
    ['client/workspace/live-workspace.ts', 'client/stream/live-stream.ts'],
    ['local/front/front.ts', 'local/run.ts'],
    ['local/sqs/queue.ts', 'local/s3/s3.ts'],
    ['functions/epochs/segmenter/segmenter.ts', 'functions/epochs/epochs/epoch.ts'],
    ['functions/epochs/segmenter/segmenter.ts', 'functions/platform/database.ts'],
    ['functions/epochs/cutting/assign-events.ts', 'functions/epochs/indexing/index-store.ts'],
    ['functions/epochs/links/link-store.ts', 'functions/epochs/search/search-store.ts'],
    ['functions/epochs/indexing/index-worker.ts', 'functions/epochs/flush-idle.ts'],
    ['functions/epochs/search/search-memory.ts', 'functions/epochs/related/list-related.ts'],
  ])('%s may not import %s', (from, to) => expect(forbidding(from, to)).not.toEqual([]));

  test.each([
    ['web/src/epochs/use-epochs.ts', 'web/src/workspace/place.ts'],
    ['web/src/conversation/conversation.tsx', 'web/src/conversation/list/event-list.tsx'],
    ['client/room/room-follower.ts', 'client/clock.ts'],
    ['local/sqs/queue.ts', 'local/types.ts'],
    ['functions/epochs/segmenter/cues.ts', 'functions/embeddings/words.ts'],
    ['functions/epochs/indexing/index-epochs.ts', 'functions/epochs/links/link-store.ts'],
    ['functions/epochs/cutting/assign-events.ts', 'functions/epochs/index-handle.ts'],
  ])('%s may import %s', (from, to) => expect(forbidding(from, to)).toEqual([]));
});
