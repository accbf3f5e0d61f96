import { describe, expect, test } from '@jest/globals';
import type { Mention } from '../../../../contract/event.ts';
import { isForMe, piecesOf } from '../../../../web/src/conversation/row/mention-text.ts';

const maya: Mention = { type: 'user', id: 'maya', label: 'Maya' };
const dotted: Mention = { type: 'user', id: 'j.weber', label: 'Jonas' };
const here: Mention = { type: 'here', id: 'here', label: 'here' };
const stream: Mention = { type: 'stream', id: 'str_1', label: 'größe-2' };
const marked = (text: string, ...mentions: Mention[]): string =>
  piecesOf(text, mentions)
    .map((piece) => (typeof piece === 'string' ? piece : `[${piece.mention.id}:${piece.written}]`))
    .join('');

describe('a text is split at mentions of', () => {
  test('a person, everyone, a stream', () => {
    expect(marked('@maya and @here: see #größe-2!', maya, here, stream)).toBe('[maya:@maya] and [here:@here]: see [str_1:#größe-2]!');
  });

  test('a person, without the punctuation that ends a sentence, unless the id has it', () => {
    expect(marked('Ask @maya. Or @maya-', maya)).toBe('Ask [maya:@maya]. Or [maya:@maya]-');
    expect(marked('Ask @j.weber.', dotted)).toBe('Ask [j.weber:@j.weber].');
    expect(marked('#größe-2-', stream)).toBe('[str_1:#größe-2]-');
  });

  test('nobody in addresses, in longer names, or without a mention from the server', () => {
    for (const text of ['maya@maya', 'x/@maya', '@mayas', '@bob', 'a#größe-2', '#größe', '@@maya'])
      expect(marked(text, maya, stream)).toBe(text);
  });

  test('nothing of the text is lost', () => {
    const text = '  @maya@here @maya,#größe-2\n@here ';
    const whole = piecesOf(text, [maya, here, stream]).map((piece) => (typeof piece === 'string' ? piece : piece.written));
    expect(whole.join('')).toBe(text);
  });
});

test('a message is for the people it names, for everyone with @here, but not for its author', () => {
  const by = (actorId: string, ...mentions: Mention[]) => ({ actorId, content: { text: '', mentions } });
  expect(isForMe(by('bob', maya), 'maya')).toBe(true);
  expect(isForMe(by('bob', here), 'maya')).toBe(true);
  expect(isForMe(by('bob', dotted, stream), 'maya')).toBe(false);
  expect(isForMe(by('maya', maya, here), 'maya')).toBe(false);
  expect(isForMe({ actorId: 'bob', content: null }, 'maya')).toBe(false);
});
