import ts from 'typescript';
import { walk } from './source.ts';
import type { Source } from './source.ts';

const headless = /^(Who|What|Whether|How|Where|When|Which|Why)\b/;

/** Finds doc comments that begin with a question word: the noun they are about comes too late for a reader in a hurry. */
export function checkDocComments({ file, tree }: Source): string[] {
  return docComments(tree).flatMap(({ line, text }) => {
    const word = headless.exec(text)?.[1];
    return word === undefined ? [] : [`${file}:${line}: a doc comment begins with its noun or its verb, not with "${word}"`];
  });
}

/** Lists the doc comments in front of any node, each once: a declaration and its first token begin at the same place. */
function docComments(tree: ts.SourceFile): { line: number; text: string }[] {
  const ranges = [...walk(tree)].flatMap(({ pos }) => [
    ...(ts.getLeadingCommentRanges(tree.text, pos) ?? []),
    // Behind a bracket on the same line, as before a parameter.
    ...(ts.getTrailingCommentRanges(tree.text, pos) ?? []),
  ]);
  const starts = new Map(ranges.map((range) => [range.pos, range]));
  return [...starts.values()]
    .map(({ pos, end }) => ({ pos, comment: tree.text.slice(pos, end) }))
    .filter(({ comment }) => comment.startsWith('/**'))
    .map(({ pos, comment }) => ({
      line: tree.getLineAndCharacterOfPosition(pos).line + 1,
      text: comment.replace(/^\/\*\*[\s*]*/, ''),
    }));
}
