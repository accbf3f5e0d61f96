import { describe, expect, test } from '@jest/globals';
import { Emoji } from '../../../contract/event.ts';
import { MessageText } from '../../../contract/text.ts';
import { emojiOf, knownShortcodes } from '../../../cli/slack/emoji.ts';
import { markdownOf } from '../../../cli/slack/markup.ts';
import { messageParts, slugOf } from '../../../cli/slack/plain-text.ts';

const names = {
  user: (id: string) => (id === 'U1' ? { id: 'ada', name: 'Ada' } : undefined),
  channel: (id: string) => (id === 'C1' ? { streamId: 'str_1', slug: 'dev-ops' } : undefined),
};
const text = (slack: string): string => markdownOf(slack, names).text;

describe('The markup of Slack becomes Markdown', () => {
  test.each([
    ['*bold* and ~gone~ and _slanted_', '**bold** and ~~gone~~ and _slanted_'],
    ['2 * 3 * 4 and a*b*c', '2 * 3 * 4 and a*b*c'],
    ['<https://a.example/x*y*z>', 'https://a.example/x*y*z'],
    ['<https://a.example|the [docs]>', '[the \\[docs\\]](https://a.example)'],
    ['<https://a.example/(1)|x>', '[x](https://a.example/%281%29)'],
    ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
    ['<@U1> <@U1|ada> <@U7> <@U7|zoe>', '@ada @ada @U7 @zoe'],
    ['<#C1|dev_ops> <#C9|other> <#C9>', '#dev-ops #other #C9'],
    ['<!here> <!channel> <!everyone>', '@here @here @here'],
    ['<!subteam^S1|@team> <!date^1^{date}|Monday>', '@team Monday'],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2', '1 < 2 && 3 > 2'],
    ['&amp;lt;', '&lt;'],
    ['`*not* :tada: &lt;b&gt; <https://a.example>`', '`*not* :tada: <b> https://a.example`'],
    ['```\n*x* <@U1>\n```', '```\n*x* @U1\n```'],
    [':tada: :unknown_thing: 10:30:45', '🎉 :unknown_thing: 10:30:45'],
    [':+1::skin-tone-4: :wave:', '👍🏽 👋'],
  ])('%j: %j', (slack, markdown) => {
    expect(text(slack)).toBe(markdown);
  });

  test('with whom and what it mentions, each once', () => {
    expect(markdownOf('<@U1> <@U1> <#C1> <!channel> <@U9> `<@U1>`', names).mentions).toEqual([
      { type: 'user', id: 'ada', label: 'Ada' },
      { type: 'stream', id: 'str_1', label: 'dev-ops' },
      { type: 'here', id: 'here', label: 'here' },
    ]);
  });
});

describe('Shortcodes', () => {
  test('are one emoji each, also with a skin tone', () => {
    const isEmoji = (shortcode: string): boolean => Emoji.safeParse(emojiOf(shortcode)).success;
    expect(knownShortcodes.length).toBeGreaterThan(400);
    expect(knownShortcodes.filter((shortcode) => !isEmoji(shortcode) || !isEmoji(`${shortcode}::skin-tone-5`))).toEqual([]);
  });
  test('that nobody knows are nothing', () => {
    expect([emojiOf('partyparrot'), emojiOf(''), emojiOf('constructor')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('A text that is too long for one message', () => {
  test.each([
    ['words', 'word '.repeat(20_000)],
    ['no words', 'x'.repeat(50_000)],
    ['characters of four bytes', '🎉'.repeat(20_000)],
    ['lines', `${'y'.repeat(100)}\n`.repeat(500)],
  ])('of %s stands in several, with nothing lost', (_, long) => {
    const parts = messageParts(long);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(MessageText.safeParse(part).success).toBe(true);
    expect(parts.join('').trimEnd()).toBe(long.trimEnd());
  });
  test('but not for less, and not for nothing', () => {
    expect(messageParts('short')).toEqual(['short']);
    expect(messageParts('  \n ')).toEqual([]);
  });
});

test('slugs have letters, digits and single hyphens', () => {
  expect(['dev_ops', '--A  B--', 'Ünïcode', '日本', '!!!'].map(slugOf)).toEqual(['dev-ops', 'a-b', 'ünïcode', '日本', 'channel']);
});
