/** The parts of an HTML tree (hast) that the plugin below touches. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, string>;
  children?: Node[];
}

/** A stretch of text; those with a `key` are shown by whoever drew the markdown. */
export type MarkedPiece = string | { readonly key: string; readonly text: string };

/** Where an @ is an @. */
const untouched = new Set(['code', 'pre', 'a']);

/**
 * Marks what `find` finds in the text with `<span data-mention="key">`. A plugin for rehype that comes after the sanitizer, so that nothing
 * an author writes looks like a mark.
 */
export function markdownMentions(find: (text: string) => readonly MarkedPiece[]) {
  const rewrite = (parent: Node): void => {
    parent.children = parent.children?.flatMap((node) => {
      if (node.type === 'text') return find(node.value ?? '').map(toNode);
      if (!untouched.has(node.tagName ?? '')) rewrite(node);
      return [node];
    });
  };
  return (tree: Node): void => rewrite(tree);
}

const toNode = (piece: MarkedPiece): Node =>
  typeof piece === 'string'
    ? { type: 'text', value: piece }
    : { type: 'element', tagName: 'span', properties: { dataMention: piece.key }, children: [{ type: 'text', value: piece.text }] };
