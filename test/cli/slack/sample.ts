import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const users = [
  {
    id: 'U1',
    team_id: 'T1',
    name: 'ada',
    is_owner: true,
    updated: 1_700_000_000,
    profile: { real_name: 'Ada Lovelace', email: 'ada@acme.example' },
  },
  { id: 'U2', team_id: 'T1', name: 'bob', updated: 1_700_000_000, profile: { real_name: 'Bob', email: 'not an address' } },
  { id: 'U3', team_id: 'T1', name: 'cyd.x', is_restricted: true, updated: 1_700_000_001, profile: { display_name: 'Cyd' } },
  { id: 'U4', team_id: 'T1', name: 'gone', deleted: true, updated: 1_700_000_002, profile: {} },
];

const channels = [
  {
    id: 'C1',
    name: 'general',
    created: 1_600_000_000,
    creator: 'U1',
    members: ['U1', 'U2', 'U3', 'U9'],
    topic: { value: 'Everything' },
    purpose: { value: 'For all' },
  },
  { id: 'C2', name: 'dev_ops', created: 1_600_000_100, creator: 'U2', members: ['U2'], is_archived: true },
];
const groups = [{ id: 'G1', name: 'board', created: 1_600_000_200, creator: 'U1', members: ['U1'] }];
const mpims = [{ id: 'G2', name: 'mpdm-ada--bob--cyd-1', created: 1_600_000_300, members: ['U1', 'U2', 'U3'] }];
const dms = [
  { id: 'D1', created: 1_600_000_400, members: ['U1', 'U2'] },
  { id: 'D2', created: 1_600_000_500, members: ['U2', 'U1'] },
];

const first = [
  { type: 'message', subtype: 'channel_join', user: 'U2', text: '<@U2> has joined the channel', ts: '1600000010.000100' },
  {
    type: 'message',
    user: 'U1',
    text: 'Hello <@U2>, *see* <#C2|dev_ops> &amp; <https://a.example/x_y_z|the _docs_> <!here> :tada: `a &lt; b <https://c.example>`',
    ts: '1600000020.000200',
    thread_ts: '1600000020.000200',
    reactions: [
      { name: '+1', users: ['U2', 'U3'], count: 2 },
      { name: 'clap::skin-tone-3', users: ['U8'], count: 1 },
      { name: 'partyparrot', users: ['U2'], count: 1 },
    ],
  },
  { type: 'message', user: 'U2', text: 'first reply', ts: '1600000030.000300', thread_ts: '1600000020.000200' },
  {
    type: 'message',
    user: 'U2',
    text: 'edited ~wrong~ right',
    ts: '1600000031.000000',
    edited: { user: 'U2', ts: '1600000099.000000' },
  },
  { type: 'message', subtype: 'channel_topic', user: 'U1', topic: 'Everything', text: 'set the topic', ts: '1600000032.000000' },
  { type: 'message', subtype: 'channel_name', user: 'U1', old_name: 'all', name: 'general', text: 'renamed', ts: '1600000033.000000' },
  { type: 'message', subtype: 'pinned_item', user: 'U1', text: '', ts: '1600000034.000000' },
  { type: 'message', subtype: 'channel_leave', user: 'U4', text: 'left', ts: '1600000035.000000' },
  { what: 'is this' },
];
const second = [
  {
    type: 'message',
    subtype: 'bot_message',
    bot_id: 'B1',
    username: 'Deploys',
    text: '',
    attachments: [{ title: 'Build 7', title_link: 'https://ci.example/7', text: '*passed*' }],
    ts: '1600100000.000000',
  },
  {
    type: 'message',
    user: 'U3',
    subtype: 'thread_broadcast',
    text: 'also for the channel',
    ts: '1600100010.000000',
    thread_ts: '1600000020.000200',
  },
  { type: 'message', user: 'U1', text: 'reply to nothing', ts: '1600100020.000000', thread_ts: '1500000000.000000' },
  {
    type: 'message',
    user: 'U1',
    text: 'a plan',
    files: [
      { title: 'Plan [v2].pdf', permalink: 'https://files.example/plan (1).pdf' },
      { name: 'lost', mode: 'tombstone' },
    ],
    ts: '1600100030.000000',
  },
  { type: 'message', user: 'U2', text: 'long words '.repeat(3_000), ts: '1600100040.000000' },
  {
    type: 'message',
    subtype: 'tombstone',
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    ts: '1600100050.000000',
    thread_ts: '1600100050.000000',
  },
  { type: 'message', user: 'U2', text: 'who deleted that?', ts: '1600100051.000000', thread_ts: '1600100050.000000' },
  { type: 'message', user: 'U1', subtype: 'me_message', text: 'waves', ts: '1600100060.000000' },
  { type: 'message', user: 'U1', text: '', ts: '1600100070.000000' },
];

/** Writes a small export in Slack's layout: a folder for each conversation, a file for each day. */
export function writeSlackSample(root: string): void {
  const put = (name: string, content: unknown): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), JSON.stringify(content));
  };
  put('users.json', users);
  put('channels.json', channels);
  put('groups.json', groups);
  put('mpims.json', mpims);
  put('dms.json', dms);
  put('general/2020-09-13.json', first);
  put('general/2020-09-14.json', second);
  put('dev_ops/2020-09-13.json', [{ type: 'message', user: 'U2', text: 'quiet here', ts: '1600000500.000000' }]);
  put('board/2020-09-13.json', [{ type: 'message', user: 'U1', text: 'secret numbers', ts: '1600000600.000000' }]);
  put('mpdm-ada--bob--cyd-1/2020-09-13.json', [{ type: 'message', user: 'U3', text: 'the three of us', ts: '1600000700.000000' }]);
  put('D1/2020-09-13.json', [{ type: 'message', user: 'U2', text: 'just us', ts: '1600000800.000000' }]);
  put('D2/2020-09-13.json', [{ type: 'message', user: 'U1', text: 'again', ts: '1600000900.000000' }]);
}
