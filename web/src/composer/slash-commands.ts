import type { Stream } from '../../../contract/stream.ts';

export const commandNames = ['promote-incident', 'promote-channel', 'poll', 'new', 'topic', 'invite', 'leave', 'archive'] as const;
export type CommandName = (typeof commandNames)[number];

export interface CommandInfo {
  readonly name: CommandName;
  /** The arguments of the command. */
  readonly usage: string;
  readonly says: string;
}

/** The commands that the composer suggests after a slash. */
export const commands: readonly CommandInfo[] = [
  { name: 'poll', usage: '"Question" "Answer" "Answer"', says: 'Ask everyone; without words behind it a form opens' },
  { name: 'new', usage: 'what it is about', says: 'Begin a new topic: what follows is about something else' },
  { name: 'invite', usage: '@name @name', says: 'Add people to this stream' },
  { name: 'topic', usage: 'text', says: 'Say what this stream is about' },
  { name: 'promote-incident', usage: 'name', says: 'Turn this thread into an incident' },
  { name: 'promote-channel', usage: 'name', says: 'Turn this thread into a channel' },
  { name: 'leave', usage: '', says: 'Leave this stream' },
  { name: 'archive', usage: '', says: 'Close this stream: it can be read, and brought back' },
];

/** A parsed command. */
export type Command =
  | { readonly name: 'promote-incident' | 'promote-channel'; readonly title: string | undefined }
  | { readonly name: 'poll'; readonly question: string; readonly options: readonly string[]; readonly isComplete: boolean }
  | { readonly name: 'new'; readonly label: string | undefined }
  | { readonly name: 'topic'; readonly text: string }
  | { readonly name: 'invite'; readonly userIds: readonly string[] }
  | { readonly name: 'leave' }
  | { readonly name: 'archive' };

export type ParsedInput =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'command'; readonly command: Command }
  /** The text is no valid command; `says` explains the correction. */
  | { readonly kind: 'problem'; readonly says: string };

/** The stream that a command is for. */
export type CommandTarget = Pick<Stream, 'streamType' | 'status'>;

/** Commands that exist for a type of stream; the others would only fail. */
export function commandsFor(target: CommandTarget | undefined): CommandInfo[] {
  return commands.filter(({ name }) => !target || misplaced(name, target) === undefined);
}

/** Parses the composer's text: a message or a command. A leading `//` is a literal slash. */
export function parseInput(text: string, target: CommandTarget | undefined): ParsedInput {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith('/')) return { kind: 'message', text };
  if (trimmed.startsWith('//')) return { kind: 'message', text: trimmed.slice(1) };
  const [, word = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(trimmed) ?? [];
  const info = commands.find(({ name }) => name === word.toLowerCase());
  if (!info) return { kind: 'problem', says: unknownCommand(word) };
  const wrong = target && misplaced(info.name, target);
  if (wrong !== undefined) return { kind: 'problem', says: wrong };
  return readCommand(info.name, rest.trim());
}

function readCommand(name: CommandName, rest: string): ParsedInput {
  switch (name) {
    case 'promote-incident':
    case 'promote-channel':
      return rest.length > 80 ? problem('The name may have at most 80 characters.') : command({ name, title: unquoted(rest) || undefined });
    case 'poll':
      return readPoll(rest);
    case 'new':
      return readNew(rest);
    case 'topic':
      return readTopic(rest);
    case 'invite':
      return readInvite(rest);
    case 'leave':
    case 'archive':
      return rest === '' ? command({ name }) : problem(`/${name} stands alone. For a message that begins so, write //${name}.`);
    default: {
      const never: never = name;
      throw new Error(`unknown command ${String(never)}`);
    }
  }
}

const command = (command: Command): ParsedInput => ({ kind: 'command', command });
const problem = (says: string): ParsedInput => ({ kind: 'problem', says });

function unknownCommand(word: string): string {
  const near = commands.find(
    ({ name }) => word !== '' && (name.startsWith(word.toLowerCase()) || name.split('-').includes(word.toLowerCase())),
  );
  const hint = near ? `Did you mean /${near.name}?` : `There are ${commands.map(({ name }) => `/${name}`).join(', ')}.`;
  return `There is no command /${word}. ${hint} For a message that begins with a slash, write two: //${word}.`;
}

/** The reason that a command does not work in a stream; undefined when it does. */
function misplaced(name: CommandName, { streamType, status }: CommandTarget): string | undefined {
  const isDm = streamType === 'dm';
  if ((name === 'promote-incident' || name === 'promote-channel') && streamType !== 'thread') {
    return `/${name} turns a thread into something of its own. Open one with “Reply in thread” at a message, and write it there.`;
  }
  if (name === 'topic' && isDm) return 'A direct message has no topic.';
  if (name === 'invite' && isDm) return 'The people of a direct message stay the same. Begin a new one with everyone in it.';
  if (name === 'invite' && streamType === 'thread')
    return 'Who sees the stream sees its threads. Write /invite there, or promote this thread first.';
  if (name === 'leave' && isDm) return 'A direct message cannot be left.';
  if (name === 'archive' && isDm) return 'A direct message cannot be archived.';
  if (name === 'archive' && status === 'archived') return 'This stream is archived already.';
  return undefined;
}

/** Reads quoted texts, in any kind of quotation mark. Undefined when a quote is not closed, or when text stands outside the quotes. */
export function readQuoted(rest: string): string[] | undefined {
  const texts: string[] = [];
  const quoted = /\s*(?:"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|'([^']*)'|«([^»]*)»)/y;
  let end = 0;
  for (let match = quoted.exec(rest); match !== null; match = quoted.exec(rest)) {
    texts.push(
      match
        .slice(1)
        .find((text) => text !== undefined)
        ?.trim() ?? '',
    );
    end = quoted.lastIndex;
  }
  return rest.slice(end).trim() === '' ? texts : undefined;
}

const unquoted = (rest: string): string => {
  const texts = readQuoted(rest);
  return texts?.length === 1 ? (texts[0] ?? '') : rest;
};

function readPoll(rest: string): ParsedInput {
  if (rest === '') return command({ name: 'poll', question: '', options: [], isComplete: false });
  const texts = readQuoted(rest);
  // Without quotes the whole text is the question; the form asks for the answers.
  if (texts === undefined) {
    if (/^["“„«]/.test(rest)) return problem('Put quotes around the question and each answer: /poll "Lunch?" "Pizza" "Salad".');
    return command({ name: 'poll', question: rest, options: [], isComplete: false });
  }
  const [question = '', ...options] = texts;
  if (options.length === 0) return command({ name: 'poll', question, options, isComplete: false });
  if (question === '' || options.includes('')) return problem('A question and its answers must not be empty.');
  if (options.length < 2) return problem('A poll has at least two answers: /poll "Lunch?" "Pizza" "Salad".');
  if (options.length > 10) return problem('A poll has at most ten answers.');
  if (new Set(options).size < options.length) return problem('Each answer may stand there once.');
  if (question.length > 300) return problem('The question may have at most 300 characters.');
  if (options.some((option) => option.length > 120)) return problem('An answer may have at most 120 characters.');
  return command({ name: 'poll', question, options, isComplete: true });
}

function readNew(rest: string): ParsedInput {
  const label = unquoted(rest).replace(/\s+/g, ' ').trim();
  if (label.length > 80) return problem('What it is about may have at most 80 characters.');
  return command({ name: 'new', label: label === '' ? undefined : label });
}

function readTopic(rest: string): ParsedInput {
  if (rest === '') return problem('Write the topic behind it: /topic What this stream is about.');
  if (rest.length > 500) return problem('A topic may have at most 500 characters.');
  return command({ name: 'topic', text: unquoted(rest) });
}

function readInvite(rest: string): ParsedInput {
  const words = rest.split(/[\s,]+/).filter((word) => word !== '');
  const strange = words.find((word) => !/^@[A-Za-z0-9_.@-]{1,64}$/.test(word));
  if (strange !== undefined) return problem(`“${strange}” is nobody: write @ and pick a person, as in /invite @maya @bob.`);
  return command({ name: 'invite', userIds: [...new Set(words.map((word) => word.slice(1)))] });
}
