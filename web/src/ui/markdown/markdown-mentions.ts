/** The parts of an HTML tree (hast) that the plugin below touches. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, string>;
  children?: Node[];
}

/** A piece of text; the caller of the plugin shows the pieces that have a `key`. */
export type MarkedPiece = string | { readonly key: string; readonly text: string };

/** Elements in which an @ is plain text. */
const untouched = new Set(['code', 'pre', 'a']);

/**
 * Wraps the pieces that `find` returns in `<span data-mention="key">`. A rehype plugin that runs after the sanitizer, so that authors
 * cannot forge such a span.
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
