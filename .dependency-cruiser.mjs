/* oxlint-disable max-lines -- one list of all fences, which a reader looks up in one place */
import { readdirSync } from 'node:fs';

/**
 * The fences between the rooms of the house. Imports are denied unless they are listed here, and the list of rooms is made from the
 * folders: a new feature, or a new room, starts closed. `packages` are npm packages; without it a room may use any that is not fenced.
 */
const rooms = {
  contract: { packages: ['zod'], browser: true },
  client: { rooms: ['contract'], packages: ['zod'], browser: true },
  web: { rooms: ['contract', 'client'] },
  cli: { rooms: ['contract', 'client'] },
  lib: { rooms: ['contract'] },
  bin: { rooms: ['lib'] },
  local: { rooms: ['contract'], files: ['lib/stage.ts', 'lib/platform/bundles.ts', 'lib/platform/web-files.ts'] },
  scripts: {
    rooms: ['contract', 'client', 'local'],
    files: [
      'cli/connection.ts',
      'cli/failure.ts',
      'cli/slack/stream-log.ts',
      'functions/platform/migrate.ts',
      'package.json',
      'test/end-to-end/app.ts',
      'test/end-to-end/browser.ts',
      'test/end-to-end/person.ts',
      'test/support/slowness.ts',
    ],
  },
  bench: { rooms: ['contract', 'client', 'local', 'lib', 'functions', 'test'] },
  test: {
    rooms: ['contract', 'client', 'cli', 'web', 'functions', 'lib', 'local', 'scripts', 'bench', 'docs', 'migrations'],
    files: ['package.json'],
  },
};

/** Every file of a feature that is made for others. */
const featureFiles = (name) => readdirSync(new URL(`./functions/${name}/`, import.meta.url)).map((file) => `functions/${name}/${file}`);

/** What a feature may import besides itself, `functions/platform` and `contract`. Features react to each other by outbox topics. */
const features = {
  platform: { alone: true },
  // A subscription reads the heads and changes of streams, and `send` is the same use case as the HTTP route.
  realtime: {
    files: [
      'functions/streams/access-room.ts',
      'functions/streams/streams/room-heads.ts',
      'functions/streams/events/post-event.ts',
      'functions/epochs/cutting/set-barrier.ts',
    ],
  },
  // A token is minted for a member, who is added or changed with it as by the routes of members.
  auth: { files: ['functions/workspaces/put-member.ts'] },
  // A file is of a stream: who may read and post there decides.
  files: { files: ['functions/streams/access.ts'] },
  // What a member may see of their activity is decided by the streams that it is of.
  notifications: {
    files: [
      'functions/realtime/presence/presence-store.ts',
      'functions/streams/access.ts',
      'functions/streams/streams/stream-rows.ts',
      'functions/streams/mentions/notify.ts',
    ],
  },
  // Text into vectors and back to what is near: it knows nothing of what is remembered.
  embeddings: {},
  // An epoch is of a stream: who may read and post there decides, and its events are shown as streams show them.
  epochs: {
    files: [
      'functions/streams/access.ts',
      'functions/streams/streams/stream-rows.ts',
      'functions/streams/events/event-store.ts',
      'functions/streams/events/list-events.ts',
      ...featureFiles('embeddings'),
    ],
  },
  // What is deleted leaves every feature that holds it.
  retention: {
    files: [
      'functions/epochs/cutting/forget-events.ts',
      'functions/epochs/cutting/nudge-memory.ts',
      'functions/epochs/due-workspaces.ts',
      'functions/epochs/epochs/message-rows.ts',
      'functions/files/file.ts',
      'functions/files/objects.ts',
      'functions/streams/access.ts',
      'functions/streams/events/delete-events.ts',
      'functions/streams/streams/stream-store.ts',
      'functions/workspaces/member-store.ts',
    ],
  },
  // The surfaces of the React kit are views on what others keep: streams, members, events.
  kit: {
    files: [
      ...['draft-frame', 'draft-store'].map((file) => `functions/realtime/drafts/${file}.ts`),
      'functions/realtime/presence/presence-store.ts',
      'functions/streams/access-room.ts',
      'functions/streams/access.ts',
      'functions/streams/events/list-events.ts',
      'functions/streams/members/list-members.ts',
      'functions/streams/members/member-store.ts',
      'functions/streams/streams/room-heads.ts',
    ],
  },
  // The documents of the API are served as they are.
  operations: { files: ['docs/api/openapi.json', 'docs/api/asyncapi.json'] },
};

/**
 * The rooms within a room, and which of its other rooms each may import. `entry`: files of the room's root that compose the others and that
 * no inner room imports. The other files of the root are the ground that each inner room stands on.
 */
const inner = {
  'web/src': {
    entry: [],
    rooms: {
      ui: [],
      workspace: ['ui'],
      activity: ['ui', 'workspace'],
      epochs: ['ui', 'workspace'],
      files: ['ui', 'workspace'],
      notifications: ['ui', 'workspace'],
      'service-worker': [],
      search: ['epochs', 'ui', 'workspace'],
      sidebar: ['ui', 'workspace'],
      stream: ['epochs', 'ui', 'workspace'],
      'conversation/actions': ['epochs', 'files', 'ui', 'workspace'],
      'conversation/timeline': ['epochs', 'ui', 'workspace'],
      'conversation/scroll': ['conversation/timeline', 'ui', 'workspace'],
      polls: ['conversation/actions', 'ui', 'workspace'],
      composer: ['files', 'polls', 'ui', 'workspace'],
      'conversation/row': ['conversation/actions', 'conversation/timeline', 'epochs', 'files', 'polls', 'ui', 'workspace'],
      'conversation/list': [
        'conversation/actions',
        'conversation/row',
        'conversation/scroll',
        'conversation/timeline',
        'epochs',
        'ui',
        'workspace',
      ],
      conversation: ['composer', 'epochs', 'files', 'polls', 'ui', 'workspace'],
      thread: ['conversation', 'files', 'stream', 'ui', 'workspace'],
      app: ['activity', 'conversation', 'epochs', 'notifications', 'search', 'sidebar', 'stream', 'thread', 'ui', 'workspace'],
    },
  },
  // Read from the bottom: an epoch is cut, what it says is linked and indexed, then it is found.
  'functions/epochs': {
    entry: ['table.ts', 'flush-idle.ts'],
    rooms: {
      segmenter: [],
      epochs: ['segmenter'],
      learning: ['epochs', 'segmenter'],
      cutting: ['epochs', 'learning', 'segmenter'],
      links: ['epochs'],
      correcting: ['cutting', 'epochs', 'links'],
      indexing: ['cutting', 'epochs', 'learning', 'links'],
      settings: ['cutting', 'indexing'],
      search: ['epochs', 'indexing', 'settings'],
      related: ['epochs', 'learning', 'links', 'search', 'settings'],
    },
  },
  client: {
    entry: [],
    rooms: {
      http: [],
      socket: ['http'],
      room: ['socket'],
      stream: ['http', 'room', 'socket'],
      workspace: ['http', 'room', 'socket'],
      epochs: ['http', 'socket'],
      drafts: ['http', 'socket'],
      presence: ['http', 'socket'],
    },
  },
  local: {
    entry: ['run.ts', 'start.ts'],
    rooms: {
      iam: [],
      'api-gateway': [],
      cloudformation: [],
      cloudfront: [],
      demo: [],
      dynamodb: [],
      lambda: [],
      qdrant: [],
      s3: ['iam'],
      scheduler: [],
      secrets: [],
      ses: [],
      sqs: [],
      template: ['cloudfront', 'iam', 'lambda'],
      postgres: ['template'],
      runner: [
        'api-gateway',
        'cloudformation',
        'dynamodb',
        'iam',
        'lambda',
        'postgres',
        'qdrant',
        's3',
        'scheduler',
        'secrets',
        'ses',
        'sqs',
        'template',
      ],
      front: ['cloudfront', 'demo', 'runner', 'template'],
    },
  },
};

/** npm packages that only these rooms may know. */
const fenced = {
  '(pg|pg-cursor|node-pg-migrate)': ['functions/platform', 'local', 'test', 'bench', 'scripts'],
  '(aws-cdk-lib|constructs|cdk-nag|cdk-monitoring-constructs)': ['lib', 'bin', 'test'],
  '(react|react-dom|@mantine|@tanstack|lucide-react|virtua|partysocket)': ['web', 'test'],
  '(@middy|@aws-lambda-powertools)': ['functions/platform'],
};

const foldersOf = (directory) =>
  readdirSync(new URL(directory, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const outside = ['node_modules', 'docs', 'migrations', 'dist', 'cdk.out', 'coverage'];
export const houseRooms = foldersOf('./').filter((name) => !name.startsWith('.') && !outside.includes(name));

const literal = (path) => path.replaceAll('.', '\\.');
const under = (paths) => paths.map((path) => `^${literal(path)}/`);
const exactly = (paths) => paths.map((path) => `^${literal(path)}$`);
const packagesAt = (names) => names.map((name) => `^node_modules/${name}(/|$)`);
const builtIn = ['core'];

const ofRoom = (name) => {
  const { rooms: others = [], files = [], packages, browser = false } = rooms[name] ?? { packages: [] };
  const listed = [...under([name, ...others]), ...exactly(files)];
  return [
    {
      name: `${name}/ imports only what is listed`,
      severity: 'error',
      from: { path: `^${name}/`, pathNot: '^functions/' },
      to: {
        dependencyTypesNot: builtIn,
        pathNot: [...listed, ...(packages ? packagesAt(packages) : ['^node_modules/'])],
      },
    },
    ...(browser
      ? [{ name: `${name}/ runs in a browser too`, severity: 'error', from: { path: `^${name}/` }, to: { dependencyTypes: builtIn } }]
      : []),
  ];
};

const ofFeature = (name) => {
  const { files = [], alone = false } = features[name] ?? {};
  const listed = [...under([`functions/${name}`, 'contract', ...(alone ? [] : ['functions/platform'])]), ...exactly(files)];
  return {
    name: `functions/${name}/ imports only what is listed`,
    severity: 'error',
    from: { path: `^functions/${name}/` },
    to: { dependencyTypesNot: builtIn, pathNot: [...listed, '^node_modules/'] },
  };
};

/** The files of an inner room: those below it, but not those of a room that lies deeper and has fences of its own. */
const filesOf = (room, name, names) => {
  const deeper = names.filter((other) => other.startsWith(`${name}/`));
  return { path: `^${room}/${name}/`, ...(deeper.length > 0 ? { pathNot: under(deeper.map((other) => `${room}/${other}`)) } : {}) };
};

const ofInner = ([room, { entry, rooms: listed }]) => {
  const innerRooms = { ...Object.fromEntries(foldersOf(`./${room}/`).map((name) => [name, []])), ...listed };
  const names = Object.keys(innerRooms);
  return names.map((name) => ({
    name: `${room}/${name}/ imports only what is listed`,
    severity: 'error',
    from: filesOf(room, name, names),
    to: {
      path: `^${room}/`,
      pathNot: [
        ...under([name, ...innerRooms[name]].map((other) => `${room}/${other}`)),
        `^${room}/(?!${entry.map(literal).join('|') || '$'})[^/]+$`,
      ],
    },
  }));
};

const ofPackage = ([pattern, allowed]) => ({
  name: `${pattern.replace(/[()]/g, '').replaceAll('|', ', ')} only in ${allowed.join(', ')}`,
  severity: 'error',
  from: { pathNot: under(allowed) },
  to: { path: `^node_modules/${pattern}(/|$)` },
});

export default {
  forbidden: [
    ...houseRooms.filter((name) => name !== 'functions').flatMap(ofRoom),
    ...foldersOf('./functions/').map(ofFeature),
    ...Object.entries(inner).flatMap(ofInner),
    ...Object.entries(fenced).map(ofPackage),
    {
      name: 'deployed files are imported by nobody but the bundler',
      severity: 'error',
      from: {},
      to: { path: '\\.lambda\\.ts$' },
    },
    {
      name: 'the segmenter is pure: it knows itself and words',
      severity: 'error',
      from: { path: '^functions/epochs/segmenter/' },
      to: { pathNot: ['^functions/epochs/segmenter/', '^functions/embeddings/words\\.ts$'] },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything imported exists', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages are listed in package.json',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'what is deployed needs no devDependencies',
      severity: 'error',
      from: { path: '^(functions|contract|client|web/src)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'triple-slash-type-reference'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|cdk\\.out|web/dist|\\.local)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
