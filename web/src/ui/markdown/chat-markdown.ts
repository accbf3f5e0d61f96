/** The parts of a markdown tree (mdast) that the plugin below touches. */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

/**
 * Markdown as people write it in a chat: a line break breaks the line, and HTML shows as text, so that `Array<string>` keeps its second
 * half. A remark plugin.
 */
export function chatMarkdown() {
  return (tree: Node): void => rewrite(tree);
}

const blocks = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

function rewrite(parent: Node): void {
  parent.children = parent.children?.flatMap((node) => {
    if (node.type === 'html') return asText(node, blocks.has(parent.type));
    if (node.type === 'text') return withBreaks(node.value ?? '');
    rewrite(node);
    return [node];
  });
}

function asText(node: Node, isBlock: boolean): Node[] {
  const text = withBreaks(node.value ?? '');
  return isBlock ? [{ type: 'paragraph', children: text }] : text;
}

function withBreaks(text: string): Node[] {
  return text.split(/\r?\n/).flatMap((line, index): Node[] => {
    const own: Node[] = line === '' ? [] : [{ type: 'text', value: line }];
    return index === 0 ? own : [{ type: 'break' }, ...own];
  });
}
